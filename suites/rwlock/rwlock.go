// Package rwlock holds what checks reader–writer locks (family RW): specs, loads and
// explored scenarios.
package rwlock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/section"
)

// Specs registers the RW family.
func Specs(s *check.Suite) {
	s.It("RW-EXCLUSION", exclusion)
	s.It("RW-SHARED", shared)
	s.It("RW-TRY", try)
	s.It("RW-WAKE", wake)
	s.It("RW-EINTR", eintr)
	s.It("RW-ABANDONED", abandoned)
	s.It("RW-VISIBLE", visible)
	s.It("RW-LONGLIFE", longLife)
	s.It("RW-NOLEAK", noLeak, check.Leftovers())
	s.It("RW-DEADLINE", deadline, check.Waits())
	s.It("RW-SLEEP", sleep)
	s.It("RW-FAIR", fair)
	s.It("RW-OWNERDEATH", ownerDeath)
	s.It("RW-CREATORGONE", life.CreatorGone(named))
	s.It("RW-TWOHANDLES", life.TwoHandles(named))
	s.It("RW-EXISTS", life.Exists(named))
	s.It("RW-EARLYOPEN", life.EarlyOpen(named))
}

// share gives handles on one reader–writer lock to processes of these names;
// the first creates it.
func share(w *check.World, names ...string) []*check.RWLock {
	return check.Share(w, w.ObjectName("rw"), w.Crew(names...), (*check.Process).CreateRWLock, (*check.Process).OpenRWLock)
}

func enterRead(w *check.World, l *check.RWLock, when string) {
	w.Must(l.Read(subject.Forever), "entering as a reader, %s, by %s", when, l.Process().Name())
}

func enterWrite(w *check.World, l *check.RWLock, when string) {
	w.Must(l.Write(subject.Forever), "entering as a writer, %s, by %s", when, l.Process().Name())
}

func leave(w *check.World, l *check.RWLock) {
	w.Must(l.Release(), "release by %s, which is inside", l.Process().Name())
}

// comesIn expects that a call which waited lets its process in.
func comesIn(w *check.World, c *check.Call, which string) {
	section.Granted(w, c, "the call of %s", which)
}

func steps(w *check.World, steps int64) int64 {
	return section.Steps(w.Claims().Profiles.RWLock.Waiting, steps)
}

// visits has the first half of the processes write and the second half read at full
// speed, and gives how many writes that makes.
func visits(l []*check.RWLock, s check.Steps) (works []*check.Work, writes uint64) {
	for i, x := range l {
		if i < len(l)/2 {
			works = append(works, x.BeginWrites(s))
			writes += uint64(s.Count)
		} else {
			works = append(works, x.BeginReads(s))
		}
	}
	return works, writes
}

// refusedRead and refusedWrite expect that a try is refused.
func refusedRead(w *check.World, l *check.RWLock, what string) {
	w.Refused(l.Read(subject.Never), section.NotGranted, "a try by %s to read, %s", l.Process().Name(), what)
}

func refusedWrite(w *check.World, l *check.RWLock, what string) {
	w.Refused(l.Write(subject.Never), section.NotGranted, "a try by %s to write, %s", l.Process().Name(), what)
}
