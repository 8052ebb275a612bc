package sharedmemory

import "sync/atomic"

// An event is what many wait for: a bit that says that somebody sleeps, and a
// count that changes with each wake-up and each decision to sleep, so that
// neither gets lost (an event count: Reed, Kanodia, Synchronization with
// Eventcounts and Sequencers, CACM 22(2), 1979; Kosak's and Vyukov's form).
//
//	waiter: v := prepare(); look once more; sleep(v)
//	waker:  make it true;   wake(n)
//
// Both steps of both are sequentially consistent, so the waiter sees that it is
// true or the waker sees the waiter. A waker that wakes nobody takes the bit
// back: the next one then saves the system call.
type eventCount struct {
	word atomic.Uint32
}

const (
	eventCountSleepers = 1
	eventCountStep     = 2
)

// prepare announces a sleeper.
func (e *eventCount) prepare() uint32 {
	for {
		v := e.word.Load()
		if next := v + eventCountStep | eventCountSleepers; e.word.CompareAndSwap(v, next) {
			return next
		}
	}
}

// sleep waits until a wake-up, or the deadline.
func (e *eventCount) sleep(v uint32, deadline int64) { futexWait(&e.word, v, deadline) }

// wake wakes up to n sleepers.
func (e *eventCount) wake(n int) {
	if e.word.Load()&eventCountSleepers == 0 {
		return
	}
	v := e.word.Add(eventCountStep)
	if futexWake(&e.word, n) == 0 {
		e.word.CompareAndSwap(v, v&^eventCountSleepers) // unless somebody prepared since
	}
}
