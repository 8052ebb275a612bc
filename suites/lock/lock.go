// Package lock holds what checks locks (family LOCK): specs, loads and explored
// scenarios.
package lock

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/section"
)

// Specs registers the LOCK family.
func Specs(s *check.Suite) {
	s.It("LOCK-EXCLUSION", exclusion)
	s.It("LOCK-PROGRESS", progress)
	s.It("LOCK-TRY", try)
	s.It("LOCK-WAKE", wake)
	s.It("LOCK-EINTR", eintr)
	s.It("LOCK-ABANDONED", abandoned)
	s.It("LOCK-VISIBLE", visible)
	s.It("LOCK-LONGLIFE", longLife)
	s.It("LOCK-NOLEAK", noLeak, check.Leftovers())
	s.It("LOCK-FAIR", fair)
	s.It("LOCK-DEADLINE", deadline, check.Waits())
	s.It("LOCK-SLEEP", sleep)
	s.It("LOCK-OWNER", owner)
	s.It("LOCK-OWNERDEATH", ownerDeath)
	s.It("LOCK-OWNERDEATH", killed, check.Kind(catalogue.Fault))
	s.It("LOCK-CREATORGONE", life.CreatorGone(named))
	s.It("LOCK-TWOHANDLES", life.TwoHandles(named))
	s.It("LOCK-EXISTS", life.Exists(named))
	s.It("LOCK-EARLYOPEN", life.EarlyOpen(named))
}

// share gives handles on one lock to processes of these names; the first
// creates it.
func share(w *check.World, names ...string) []*check.Lock {
	return check.Share(w, w.ObjectName("lock"), w.Crew(names...), (*check.Process).CreateLock, (*check.Process).OpenLock)
}

const (
	whileHeld = "acquiring the lock that another process holds"
	waited    = "the acquire that waited"
)

func acquire(w *check.World, l *check.Lock) {
	w.Must(l.Acquire(subject.Forever), "acquiring the free lock by %s", l.Process().Name())
}

func release(w *check.World, l *check.Lock) {
	w.Must(l.Release(), "releasing the lock by %s, which holds it", l.Process().Name())
}

// taken expects that a try is refused, since another process holds the lock.
func taken(w *check.World, l *check.Lock, what string) {
	w.Refused(l.Acquire(subject.Never), section.NotGranted, "a try by %s to acquire %s", l.Process().Name(), what)
}

// free expects that no process holds the lock.
func free(w *check.World, l *check.Lock, when string) {
	w.Must(l.Acquire(subject.Never), "a try by %s to acquire the lock %s", l.Process().Name(), when)
	release(w, l)
}

func steps(w *check.World, steps int64) int64 {
	return section.Steps(w.Claims().Profiles.Lock.Waiting, steps)
}

// sections has all processes acquire and release at full speed, and gives how many
// sections that makes.
func sections(handles []*check.Lock, s check.Steps) (works []*check.Work, total uint64) {
	for _, l := range handles {
		works = append(works, l.BeginSections(s))
		total += uint64(s.Count)
	}
	return works, total
}
