package ring

import (
	"time"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// sleep waits until the event count is no longer what was seen. After a wake
// without a change, a close or a signal the caller's loop looks again.
func (r *ring) sleep(seen uint32, wait subject.Wait, limit time.Time, refusal subject.Kind) error {
	var left time.Duration
	switch {
	case wait == subject.Never:
		return subject.Errorf(refusal, "")
	case r.cancelled.Swap(false):
		return subject.Errorf(subject.Interrupted, "")
	case wait == subject.Forever && r.fault == Spins:
		return nil
	case wait > 0:
		left = time.Until(limit)
		if left <= 0 {
			if r.fault == AbsorbsAWake && r.sleepers.Load() > 0 {
				r.absorbed.Store(1)
			}
			return subject.Errorf(subject.Timeout, "")
		}
	}
	r.sleepers.Add(1) // before the kernel compares the event count: a process that raises it later sees a sleeper
	defer r.sleepers.Add(^uint32(0))
	switch interrupted := waiting.Sleep(&r.events, seen, left); {
	case interrupted && r.fault == EINTRIsSuccess:
		return subject.Errorf(subject.Interrupted, "")
	case interrupted && r.fault == EINTRAborts:
		panic("futex failed, which cannot be")
	}
	if refusal == subject.Empty && r.wakesOne() {
		time.Sleep(200 * time.Microsecond) // so that a producer comes meanwhile, to sleep or to put one more
	}
	return nil
}

// wake raises the event count and wakes all processes that sleep on it.
func (r *ring) wake() {
	if r.wakesOne() {
		r.raise(1)
		return
	}
	r.raise(waiting.All)
}

func (r *ring) wakesOne() bool { return r.fault == WakesOne || r.fault == WakesAtEmpty }

// raise raises the event count and wakes at most n processes.
func (r *ring) raise(n int) {
	if r.absorbed.CompareAndSwap(1, 0) {
		return
	}
	r.events.Add(1)
	if r.sleepers.Load() == 0 && r.fault != WakesAlways {
		return
	}
	waiting.Wake(&r.events, n)
}
