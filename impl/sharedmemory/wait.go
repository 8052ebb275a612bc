package sharedmemory

import (
	"math"
	"time"
)

// A Wait says how long an operation may block: [Forever], [Never], or a positive
// [time.Duration] as a limit.
type Wait time.Duration

// Forever blocks until the operation can be done. Never does not block, and
// fails with [ErrFull] or [ErrEmpty] (locks: [ErrTimeout]). A positive value is
// a limit, after which the operation has had no effect and fails with
// [ErrTimeout].
const (
	Forever Wait = -1
	Never   Wait = 0
)

// deadline is the moment at which a wait that starts now ends, on the clock of
// [monotonic].
func (w Wait) deadline() int64 {
	switch {
	case w == Never:
		return 0
	case w < 0:
		return noDeadline
	}
	now := monotonic()
	if int64(w) > math.MaxInt64-1-now {
		return noDeadline
	}
	return now + int64(w)
}

// sleepUntil is the deadline of one sleep within a wait that ends at deadline:
// the sleeper has to check on its peer in between. expired reports that the wait
// is over.
func sleepUntil(deadline int64) (limit int64, expired bool) {
	now := monotonic()
	return min(deadline, now+int64(watchInterval)), now >= deadline
}
