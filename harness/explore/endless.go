package explore

import "time"

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

// idles reports whether a leg has gone on for too long with nothing but system
// calls, of which c is the last.
func (l *leg) idles(c *call) bool {
	p, now := l.p, time.Now()
	i := &l.lull
	if i.since.IsZero() {
		i.since, i.used = now, taskTime(p.pid, p.tid)
	}
	i.calls++
	i.acted = i.acted || c.visible()
	after := now.Sub(i.since)
	switch {
	case l.slice && after < sliceActive, !l.slice && (!l.watch || i.calls < idleCalls || after < endless):
		return false
	case !l.slice && i.acted && (i.calls < actingCalls || after < 2*actingActive):
		return false
	}
	active := time.Duration(taskTime(p.pid, p.tid) - i.used)
	l.busy = !i.acted || active >= actingActive
	return !l.slice || active >= sliceActive || after > 20*sliceActive
}

// tooLong ends the leg of an agent that goes on for too long without a change
// that could be seen.
func (l *leg) tooLong() (ending, error) {
	if !l.slice && l.busy {
		l.endless = "it goes on and touches no shared memory" + l.p.standsAt()
	}
	if err := l.p.protect(false); err != nil {
		return goesOn, err
	}
	l.note(l.p, Event{Kind: kindWait, Text: "goes on without end"})
	return spins, nil
}
