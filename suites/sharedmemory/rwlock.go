package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// RWLocks registers the RW family.
func RWLocks(s *check.Suite) {
	s.It("RW-EXCLUSION", rwExclusion)
	s.It("RW-SHARED", rwShared)
	s.It("RW-TRY", rwTry)
	s.It("RW-WAKE", rwWake)
	s.It("RW-EINTR", rwEINTR)
	s.It("RW-ABANDONED", rwAbandoned)
	s.It("RW-VISIBLE", rwVisible)
	s.It("RW-DEADLINE", rwDeadline)
	s.It("RW-SLEEP", rwSleep)
	s.It("RW-FAIR", rwFair)
	s.It("RW-OWNERDEATH", rwOwnerDeath)
}

// rwParty gives handles on one reader–writer lock to processes of these names;
// the first creates it.
func rwParty(w *check.World, names ...string) []*check.RWLock {
	return handlesOn(w, "rw", crew(w, names), (*check.Process).CreateRWLock, (*check.Process).OpenRWLock)
}

func enterRead(w *check.World, l *check.RWLock, when string) {
	w.Must(l.Read(subject.Forever), "entering as a reader, %s, by %s", when, l.Process().Name())
}

func enterWrite(w *check.World, l *check.RWLock, when string) {
	w.Must(l.Write(subject.Forever), "entering as a writer, %s, by %s", when, l.Process().Name())
}

func leave(w *check.World, l *check.RWLock) {
	w.Must(l.Release(), "leaving by %s, which is inside", l.Process().Name())
}

// comesIn waits for a call that waited.
func comesIn(w *check.World, c *check.Call, who string) {
	_, err := c.Return()
	w.Must(err, "the call of %s, who waited,", who)
}

func rwSteps(w *check.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.RWLock.Waiting, steps)
}

// visits lets the first half write and the second half read at full speed, and
// gives how often somebody writes.
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
	w.Refused(l.Read(subject.Never), notGranted, "a try to read %s", what)
}

func refusedWrite(w *check.World, l *check.RWLock, what string) {
	w.Refused(l.Write(subject.Never), notGranted, "a try to write %s", what)
}
