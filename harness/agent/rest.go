package agent

import (
	"context"
	"time"
)

// What Rests looks at. A thread that waits may wake up now and then, for example to
// notice a death: that is rest all the same.
const (
	restWindow  = 500 * time.Millisecond
	restSamples = 20
	restCPU     = restWindow / 50 // of processor time in a window
	restTurns   = 20              // times that it was scheduled in a window
	restWindows = 6               // in all of which it must be busy, to be called so
	restLooks   = 40              // windows at most, where some show neither
)

// Rests watches the operation thread, which waits, and reports whether it
// leaves the processor to others: whether there is half a second in which it
// used hardly any, and was hardly ever woken. On a loaded machine a
// loop does not look like rest, since a thread that waits for a processor is not
// asleep; nor does rest look like a loop, since it uses none. The answer is not sure
// where neither shows, nor where hello did not say which thread does the operations.
func (a *Agent) Rests(ctx context.Context) (rests, sure bool) {
	busy := 0
	for looks := 1; looks <= restLooks; looks++ {
		first, ok := a.thread()
		if !ok {
			return false, false
		}
		last, asleep := first, 0
		for range restSamples {
			select {
			case <-ctx.Done():
				return false, false
			case <-a.process.Done():
				return false, false
			case <-time.After(restWindow / restSamples):
			}
			if last, ok = a.thread(); !ok {
				return false, false
			}
			if last.State == "S" {
				asleep++
			}
		}
		turns := last.Waits + last.Preempt - first.Waits - first.Preempt
		switch {
		case last.CPU-first.CPU > restCPU || turns > restTurns:
			busy++
		case asleep > restSamples*3/4:
			return true, true
		}
		if busy == looks && looks == restWindows {
			return false, true
		}
	}
	return false, false
}
