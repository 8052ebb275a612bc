package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// Semaphores registers the SEM family.
func Semaphores(s *spec.Suite) {
	s.It("SEM-COUNT", semCount)
	s.It("SEM-BLOCK", semBlock)
	s.It("SEM-WAKE", semWake)
	s.It("SEM-TRY", semTry)
	s.It("SEM-EINTR", semEINTR)
	s.It("SEM-ABANDONED", semAbandoned)
	s.It("SEM-LINEAR", semLinear)
	s.It("SEM-DEADLINE", semDeadline)
	s.It("SEM-SLEEP", semSleep)
	s.It("SEM-OVERFLOW", semOverflow)
}

// semParty gives handles on one semaphore of that value to processes of these
// names; the first creates it.
func semParty(w *spec.World, initial int64, names ...string) []*spec.Semaphore {
	return semaphore(w, "sem", initial, crew(w, names))
}

func semaphore(w *spec.World, base string, initial int64, processes []*spec.Process) []*spec.Semaphore {
	return handlesOn(w, base, processes, func(p *spec.Process, name string) (*spec.Semaphore, error) {
		return p.CreateSemaphore(name, initial, w.SemaphoreMaximum(100_000))
	}, (*spec.Process).OpenSemaphore)
}

func post(w *spec.World, s *spec.Semaphore) {
	w.Must(s.Post(), "posting by %s", s.Process().Name())
}

// zero expects that a try is refused, since the value is zero.
func zero(w *spec.World, s *spec.Semaphore, when string) {
	w.Refused(s.Wait(subject.Never), notGranted, "a try at value zero, %s", when)
}

// worth expects that the value is n, and leaves it at zero.
func worth(w *spec.World, s *spec.Semaphore, n int, when string) {
	for i := range n {
		w.Must(s.Wait(subject.Never), "try %d of %d that the value has room for, %s", i+1, n, when)
	}
	zero(w, s, when)
}

func semSteps(w *spec.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.Semaphore.Waiting, steps)
}

// permits is how many may be inside in the specs that let several in, as far as
// the claimed maximum allows.
func permits(w *spec.World, wanted int64) int64 { return min(w.SemaphoreMaximum(wanted), wanted) }

// transfer lets the first half post and the second half wait as often. Where
// the largest value is small, they take turns, since a post could be refused.
func transfer(w *spec.World, s []*spec.Semaphore, scratch *spec.Scratch, count int64, wait subject.Wait) {
	half := len(s) / 2
	if room := w.SemaphoreMaximum(100_000); count*int64(half) > room {
		count = max(room/int64(half), 1)
		if int64(half) > room {
			return
		}
	}
	var works []*spec.Work
	for i, x := range s {
		steps := spec.Steps{Count: count, Scratch: scratch, Wait: wait}
		if i < half {
			works = append(works, x.BeginPosts(steps))
		} else {
			works = append(works, x.BeginWaits(0, steps))
		}
	}
	for _, x := range works {
		x.Right()
	}
}
