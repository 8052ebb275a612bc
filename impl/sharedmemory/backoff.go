package sharedmemory

// backoff keeps the faster side of a buffer from checking for each item or slot
// as soon as it is there. Each check takes a cache line away from the side that
// is writing it, and slows down both. If the last check gained little while the
// other side was at full speed, backoff lets some more items or slots accumulate
// before the next. A side that is late, or waits for a single item, checks at
// once: latency is not affected.
type backoff struct {
	hurried bool
}

const (
	backoffEnough = 64 // items or slots that are worth a check
	backoffPause  = 64 // PAUSE instructions, at most
	backoffSlots  = 16 // slots that take longer to use than a PAUSE
)

// hold pauses if that pays: for a fraction of the time in which the other side
// uses all slots, so that it does not run out of them.
func (f *backoff) hold(capacity uint64) {
	if n := min(backoffPause, capacity/backoffSlots); f.hurried && n > 0 {
		pause(uint32(n))
	}
}

// gained notes how much a check gained at full speed.
func (f *backoff) gained(n uint64) { f.hurried = n < backoffEnough }
