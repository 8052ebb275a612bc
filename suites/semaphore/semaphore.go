// Package semaphore holds what checks semaphores (family SEM): specs, loads and
// explored scenarios.
package semaphore

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/section"
)

// Specs registers the SEM family.
func Specs(s *check.Suite) {
	s.It("SEM-COUNT", count)
	s.It("SEM-BLOCK", block)
	s.It("SEM-WAKE", wake)
	s.It("SEM-TRY", try)
	s.It("SEM-EINTR", eintr)
	s.It("SEM-ABANDONED", abandoned)
	s.It("SEM-LINEAR", linearizable)
	s.It("SEM-LONGLIFE", longLife)
	s.It("SEM-NOLEAK", noLeak, check.Leftovers())
	s.It("SEM-DEADLINE", deadline, check.Waits())
	s.It("SEM-SLEEP", sleep)
	s.It("SEM-OVERFLOW", overflow)
	s.It("SEM-CREATORGONE", life.CreatorGone(named))
	s.It("SEM-TWOHANDLES", life.TwoHandles(named))
	s.It("SEM-EXISTS", life.Exists(named))
	s.It("SEM-EARLYOPEN", life.EarlyOpen(named))
}

// share gives handles on one semaphore of that value to processes of these
// names; the first creates it.
func share(w *check.World, initial int64, names ...string) []*check.Semaphore {
	return semaphore(w, "sem", initial, w.Crew(names...))
}

func semaphore(w *check.World, base string, initial int64, processes []*check.Process) []*check.Semaphore {
	return check.Share(w, w.ObjectName(base), processes, func(p *check.Process, name string) (*check.Semaphore, error) {
		return p.CreateSemaphore(name, initial, w.SemaphoreMaximum(100_000))
	}, (*check.Process).OpenSemaphore)
}

const (
	atZero = "waiting at value zero"
	waited = "the wait for which there was a post"
)

func post(w *check.World, s *check.Semaphore) {
	w.Must(s.Post(), "posting by %s", s.Process().Name())
}

// zero expects that a try is refused, since the value is zero.
func zero(w *check.World, s *check.Semaphore, when string) {
	w.Refused(s.Wait(subject.Never), section.NotGranted, "a try by %s at value zero, %s", s.Process().Name(), when)
}

// worth expects that the value is n, and leaves it at zero.
func worth(w *check.World, s *check.Semaphore, n int, when string) {
	for i := range n {
		w.Must(s.Wait(subject.Never), "try %d of %d that the value allows, %s", i+1, n, when)
	}
	zero(w, s, when)
}

func steps(w *check.World, steps int64) int64 {
	return section.Steps(w.Claims().Profiles.Semaphore.Waiting, steps)
}

// permits is how many processes may be inside at the same time, as far as the claimed
// maximum allows.
func permits(w *check.World, wanted int64) int64 { return min(w.SemaphoreMaximum(wanted), wanted) }

// transfer has the first half of the processes post and the second half wait as
// often. Where the largest value is small, they do less: a post could be refused.
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
	section.Right(works)
}
