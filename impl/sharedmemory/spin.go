package sharedmemory

import (
	"runtime"
	"sync"
	"time"
)

// spinTime is how long a waiter spins before it sleeps. It has to exceed the
// cost of waking a sleeper, some 60 µs if an idle processor is a halted virtual
// one: with less, a peer that was once put to sleep keeps its partner waiting
// longer than the partner spins, and both sleep for every item.
const spinTime = 100 * time.Microsecond

// pauseTime is how long a pause takes on this processor: 10 to 60 ns.
var pauseTime = sync.OnceValue(func() time.Duration {
	const sample = 200 // ≥ 2 µs: well above the clock's grain
	best := time.Duration(1 << 62)
	for range 5 { // the shortest was not interrupted
		start := time.Now()
		for range sample {
			pause(1)
		}
		best = min(best, time.Since(start))
	}
	return max(best, sample) / sample
})

// spinBudget is the number of checks, with a pause after each, that take
// spinTime; 0 on one processor, where the condition cannot become true
// meanwhile.
var spinBudget = sync.OnceValue(func() int {
	if runtime.NumCPU() == 1 {
		return 0
	}
	return int(spinTime / pauseTime())
})

// spinEager is the number of first checks without a pause. A check takes the
// cache line away from the side that is about to write it, which then has to
// fetch it first; a pause leaves it there, and halves the round trip. Only where
// a pause takes as long as a transfer, the first checks do without.
var spinEager = sync.OnceValue(func() int {
	if pauseTime() < 40*time.Nanosecond {
		return 0
	}
	return 64
})

// A spinner decides how long one side of a buffer spins. After several waits in
// a row that ended in sleep it spins only briefly, except every now and then,
// lest both sides settle for sleeping.
type spinner struct {
	slept int // waits in a row that ended in sleep
}

const (
	spinPatience = 8  // sleeps in a row before spinning is shortened
	spinRetry    = 16 // one in so many waits spins for the full time
	spinCut      = 8  // divisor of the shortened time
)

// until checks ready until it is true or the budget is used up, and reports
// which.
func (s *spinner) until(ready func() bool) bool {
	budget := spinBudget()
	if s.slept >= spinPatience && s.slept%spinRetry != 0 {
		budget /= spinCut
	}
	eager := spinEager()
	for look := range budget {
		if ready() {
			s.slept = 0
			return true
		}
		if look >= eager {
			pause(1)
		}
	}
	s.slept++
	return false
}
