package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Locks registers the LOCK family.
func Locks(s *check.Suite) {
	s.It("LOCK-EXCLUSION", lockExclusion)
	s.It("LOCK-PROGRESS", lockProgress)
	s.It("LOCK-TRY", lockTry)
	s.It("LOCK-WAKE", lockWake)
	s.It("LOCK-EINTR", lockEINTR)
	s.It("LOCK-ABANDONED", lockAbandoned)
	s.It("LOCK-VISIBLE", lockVisible)
	s.It("LOCK-FAIR", lockFair)
	s.It("LOCK-DEADLINE", lockDeadline)
	s.It("LOCK-SLEEP", lockSleep)
	s.It("LOCK-OWNER", lockOwner)
	s.It("LOCK-OWNERDEATH", lockOwnerDeath)
	s.It("LOCK-OWNERDEATH", lockKilled, check.Kind(catalogue.Fault))
}

// lockParty gives handles on one lock to processes of these names; the first
// creates it.
func lockParty(w *check.World, names ...string) []*check.Lock {
	return handlesOn(w, "lock", crew(w, names), (*check.Process).CreateLock, (*check.Process).OpenLock)
}

func acquire(w *check.World, l *check.Lock) {
	w.Must(l.Acquire(subject.Forever), "acquiring the free lock by %s", l.Process().Name())
}

func release(w *check.World, l *check.Lock) {
	w.Must(l.Release(), "releasing the lock by %s, which holds it", l.Process().Name())
}

// taken expects that a try is refused, since somebody holds the lock.
func taken(w *check.World, l *check.Lock, what string) {
	w.Refused(l.Acquire(subject.Never), notGranted, "a try of %s", what)
}

// free expects that nobody holds the lock.
func free(w *check.World, l *check.Lock, when string) {
	w.Must(l.Acquire(subject.Never), "a try of the lock %s", when)
	release(w, l)
}

func lockSteps(w *check.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.Lock.Waiting, steps)
}

// sections lets all of them acquire and release at full speed, and gives how
// many sections that makes.
func sections(handles []*check.Lock, s check.Steps) (works []*check.Work, total uint64) {
	for _, l := range handles {
		works = append(works, l.BeginSections(s))
		total += uint64(s.Count)
	}
	return works, total
}
