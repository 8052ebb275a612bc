package sharedmemory

// backoff keeps the faster side of a buffer from looking for each item or slot
// as soon as it is there. Each look takes a cache line away from the side that
// is writing it, and slows down both. A side that got little by its last look,
// while the other was at full speed, lets some more come together before the
// next. One that is late, or waits for a single item, looks at once: latency is
// not affected.
type backoff struct {
	hurried bool
}

const (
	backoffEnough = 64 // items or slots that are worth a look
	backoffPause  = 64 // PAUSE instructions, at most
	backoffSlots  = 16 // slots, to use which takes longer than a PAUSE
)

// hold waits a little where that pays: a part of the time that the other side
// takes for all slots, so that it does not run out of them.
func (f *backoff) hold(capacity uint64) {
	if n := min(backoffPause, capacity/backoffSlots); f.hurried && n > 0 {
		pause(uint32(n))
	}
}

// gained notes how much a look brought in full flow.
func (f *backoff) gained(n uint64) { f.hurried = n < backoffEnough }
