package sharedmemory

import "sync/atomic"

// An eventCount is what many processes wait for: a bit that says that there are
// sleepers, and a count that changes with each wake-up and each decision to
// sleep, so that neither gets lost (Reed, Kanodia, Synchronization with
// Eventcounts and Sequencers, CACM 22(2), 1979; in the form of Kosak and
// Vyukov).
//
//	waiter: v := prepare(); check the condition again; sleep(v)
//	waker:  make the condition true; wake(n)
//
// Both steps of both are sequentially consistent, so the waiter sees the
// condition or the waker sees the waiter. A waker that wakes no sleeper clears
// the bit, which saves the next one the system call.
type eventCount struct {
	word atomic.Uint32
}

const (
	eventCountSleepers = 1
	eventCountStep     = 2
)

// prepare announces a sleeper, and returns the value for sleep.
func (e *eventCount) prepare() uint32 {
	for {
		v := e.word.Load()
		if next := v + eventCountStep | eventCountSleepers; e.word.CompareAndSwap(v, next) {
			return next
		}
	}
}

// sleep waits until a wake-up or the deadline.
func (e *eventCount) sleep(v uint32, deadline int64) { futexWait(&e.word, v, deadline) }

// wake wakes up to n sleepers.
func (e *eventCount) wake(n int) {
	if e.word.Load()&eventCountSleepers == 0 {
		return
	}
	v := e.word.Add(eventCountStep)
	if futexWake(&e.word, n) == 0 {
		e.word.CompareAndSwap(v, v&^eventCountSleepers) // fails if a sleeper was announced since
	}
}
