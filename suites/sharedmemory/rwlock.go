package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// RWLocks registers the RW family.
func RWLocks(s *spec.Suite) {
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
func rwParty(w *spec.World, names ...string) []*spec.RWLock {
	return handlesOn(w, "rw", crew(w, names), (*spec.Process).CreateRWLock, (*spec.Process).OpenRWLock)
}

func enterRead(w *spec.World, l *spec.RWLock, when string) {
	w.Must(l.Read(subject.Forever), "entering as a reader, %s, by %s", when, l.Process().Name())
}

func enterWrite(w *spec.World, l *spec.RWLock, when string) {
	w.Must(l.Write(subject.Forever), "entering as a writer, %s, by %s", when, l.Process().Name())
}

func leave(w *spec.World, l *spec.RWLock) {
	w.Must(l.Release(), "leaving by %s, which is inside", l.Process().Name())
}

// comesIn waits for a call that waited.
func comesIn(w *spec.World, c *spec.Call, who string) {
	_, err := c.Return()
	w.Must(err, "the call of %s, who waited,", who)
}

func rwSteps(w *spec.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.RWLock.Waiting, steps)
}

// visits lets the first half write and the second half read at full speed, and
// gives how often somebody writes.
func visits(l []*spec.RWLock, s spec.Steps) (works []*spec.Work, writes uint64) {
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
func refusedRead(w *spec.World, l *spec.RWLock, what string) {
	w.Refused(l.Read(subject.Never), notGranted, "a try to read %s", what)
}

func refusedWrite(w *spec.World, l *spec.RWLock, what string) {
	w.Refused(l.Write(subject.Never), notGranted, "a try to write %s", what)
}
