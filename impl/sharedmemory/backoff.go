package sharedmemory

// backoff keeps the faster side of a buffer from looking at each item or slot
// as soon as it is there. Each look takes a cache line away from the side that
// is writing it, and slows down both; a side that has had what it looked for
// several times in a row, and little of it, lets some more come together first.
// A side that had to wait looks at once: latency is not affected.
type backoff int

const (
	backoffAfter = 4  // times in a row
	backoffPause = 64 // PAUSE instructions, at most
)

// steady reports whether this side has found what it wanted each time lately.
func (f *backoff) steady() bool { return *f >= backoffAfter }

// hold waits a little in a steady state: a part of the time that the other
// side takes for all slots, so that it does not run out of them.
func (f *backoff) hold(capacity uint64) {
	if n := min(backoffPause, capacity/backoffSlots); f.steady() && n > 0 {
		pause(uint32(n))
	}
}

// backoffSlots is a number of slots that takes longer than a PAUSE.
const backoffSlots = 16

// found notes that a first look found room or items.
func (f *backoff) found(gained, capacity uint64) {
	if gained <= capacity/2 {
		*f++
		return
	}
	*f = 0
}
