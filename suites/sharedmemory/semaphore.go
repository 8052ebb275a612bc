package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Semaphores registers the SEM family.
func Semaphores(s *check.Suite) {
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
func semParty(w *check.World, initial int64, names ...string) []*check.Semaphore {
	return semaphore(w, "sem", initial, crew(w, names))
}

func semaphore(w *check.World, base string, initial int64, processes []*check.Process) []*check.Semaphore {
	return handlesOn(w, base, processes, func(p *check.Process, name string) (*check.Semaphore, error) {
		return p.CreateSemaphore(name, initial, w.SemaphoreMaximum(100_000))
	}, (*check.Process).OpenSemaphore)
}

func post(w *check.World, s *check.Semaphore) {
	w.Must(s.Post(), "posting by %s", s.Process().Name())
}

// zero expects that a try is refused, since the value is zero.
func zero(w *check.World, s *check.Semaphore, when string) {
	w.Refused(s.Wait(subject.Never), notGranted, "a try at value zero, %s", when)
}

// worth expects that the value is n, and leaves it at zero.
func worth(w *check.World, s *check.Semaphore, n int, when string) {
	for i := range n {
		w.Must(s.Wait(subject.Never), "try %d of %d that the value has room for, %s", i+1, n, when)
	}
	zero(w, s, when)
}

func semSteps(w *check.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.Semaphore.Waiting, steps)
}

// permits is how many may be inside in the specs that let several in, as far as
// the claimed maximum allows.
func permits(w *check.World, wanted int64) int64 { return min(w.SemaphoreMaximum(wanted), wanted) }

// transfer lets the first half post and the second half wait as often. Where
// the largest value is small, they take turns, since a post could be refused.
func transfer(w *check.World, s []*check.Semaphore, scratch *check.Scratch, count int64, wait subject.Wait) {
	half := len(s) / 2
	if room := w.SemaphoreMaximum(100_000); count*int64(half) > room {
		count = max(room/int64(half), 1)
		if int64(half) > room {
			return
		}
	}
	var works []*check.Work
	for i, x := range s {
		steps := check.Steps{Count: count, Scratch: scratch, Wait: wait}
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
