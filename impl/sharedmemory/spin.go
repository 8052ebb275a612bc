package sharedmemory

import (
	"runtime"
	"sync"
	"time"
)

// spinTime is how long a waiter looks before it sleeps. It has to exceed what
// waking a sleeper costs, some 60 µs where an idle processor is a halted
// virtual one: with less, a peer that was once put to sleep keeps its partner
// waiting longer than the partner spins, and both sleep for every item.
const spinTime = 100 * time.Microsecond

// spinBudget is the number of looks, with a pause after each, that take
// spinTime; 0 on one processor, where what is waited for cannot happen
// meanwhile.
var spinBudget = sync.OnceValue(func() int {
	if runtime.NumCPU() == 1 {
		return 0
	}
	const sample = 200 // ≥ 2 µs: well above the clock's grain
	best := time.Duration(1 << 62)
	for range 5 { // the best of them was not interrupted
		start := time.Now()
		for range sample {
			pause(1)
		}
		best = min(best, time.Since(start))
	}
	return int(spinTime * sample / max(best, time.Microsecond))
})

// A spinner decides how long one side of a buffer spins. After several waits
// in a row that ended asleep all the same it looks only briefly, except every
// now and then, lest both sides settle for sleeping.
type spinner struct {
	slept int // waits in a row that ended asleep
}

const (
	spinPatience = 8  // sleeps in a row before spinning is cut
	spinRetry    = 16 // every so many waits the full time again
	spinCut      = 8  // divisor of the cut time
	spinEager    = 64 // first looks without a pause: the answer of a busy peer comes this soon
)

// until looks at ready until it is true or the budget is used up, and reports
// which.
func (s *spinner) until(ready func() bool) bool {
	budget := spinBudget()
	if s.slept >= spinPatience && s.slept%spinRetry != 0 {
		budget /= spinCut
	}
	for look := range budget {
		if ready() {
			s.slept = 0
			return true
		}
		if look >= spinEager {
			pause(1)
		}
	}
	s.slept++
	return false
}
