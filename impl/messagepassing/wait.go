package messagepassing

import "time"

// Wait says how long an operation may block: Forever, Never, or a time limit.
type Wait time.Duration

// Forever blocks until the operation can be done. Never fails at once with
// [ErrFull] or [ErrEmpty] if it cannot. A positive value is a limit, after which
// the operation has had no effect and fails with [ErrTimeout].
const (
	Forever Wait = -1
	Never   Wait = 0
)

// deadline is the moment at which w ends; zero for Forever and Never.
func (w Wait) deadline() time.Time {
	if w <= 0 {
		return time.Time{}
	}
	return time.Now().Add(time.Duration(w))
}

// pollMillis is the time left until deadline in milliseconds, for poll(2):
// rounded up, so that a wait is never too short; -1 for no deadline.
func pollMillis(deadline time.Time) int {
	if deadline.IsZero() {
		return -1
	}
	left := time.Until(deadline)
	if left <= 0 {
		return 0
	}
	const longest = 24 * time.Hour // the caller waits again
	return int((min(left, longest) + time.Millisecond - 1) / time.Millisecond)
}
