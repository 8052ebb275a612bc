package explore

import (
	"time"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// lull is what an agent does between two accesses to shared memory, by its
// system calls.
type lull struct {
	since time.Time // of the first
	used  int64     // processor time then
	calls int
	acted bool // one of them could be seen by another process
}

// An agent that calls the system again and again and does not touch the memory
// has no end either: one that yields or sleeps in a loop, or that writes to a
// file in one.
const (
	idleCalls    = 100
	actingCalls  = 1000
	actingActive = time.Second
)

// idles reports whether a turn has gone on for too long with nothing but system
// calls, of which c is the last.
func (t *turn) idles(c *call) bool {
	p, now := t.p, time.Now()
	i := &t.lull
	if i.since.IsZero() {
		i.since, i.used = now, proc.ThreadTime(p.pid, p.tid)
	}
	i.calls++
	i.acted = i.acted || c.visible()
	after := now.Sub(i.since)
	switch {
	case t.slice && after < sliceActive, !t.slice && (!t.watch || i.calls < idleCalls || after < endless):
		return false
	case !t.slice && i.acted && (i.calls < actingCalls || after < 2*actingActive):
		return false
	}
	active := time.Duration(proc.ThreadTime(p.pid, p.tid) - i.used)
	t.busy = !i.acted || active >= actingActive
	return !t.slice || active >= sliceActive || after > 20*sliceActive
}

// tooLong ends the turn of an agent that goes on for too long without a change
// that could be seen.
func (t *turn) tooLong() (ending, error) {
	if !t.slice && t.busy {
		t.endless = "it goes on and touches no shared memory" + t.p.standsAt()
	}
	if err := t.p.protect(false); err != nil {
		return goesOn, err
	}
	t.note(t.p, Event{Kind: kindWait, Text: "goes on without end"})
	return spins, nil
}
