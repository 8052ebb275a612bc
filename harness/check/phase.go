package check

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// A Clock is one of the system's, by whose seconds time limits are computed.
type Clock int32

// The clocks that POSIX takes absolute times of. Their seconds begin at different
// moments.
const (
	Realtime  Clock = unix.CLOCK_REALTIME
	Monotonic Clock = unix.CLOCK_MONOTONIC
)

func (c Clock) String() string {
	if c == Realtime {
		return "CLOCK_REALTIME"
	}
	return "CLOCK_MONOTONIC"
}

// late is where in a second [World.LateInSecond] begins, and margin how much later
// is as good: half a second that is added still ends in the next second.
const (
	late   = 700 * time.Millisecond
	margin = 200 * time.Millisecond
)

// LateInSecond waits, for a second at most, until a clock stands in the last third of
// a second: a time limit of more than half a second that begins then crosses into the
// next, however late a busy machine lets it begin.
func (w *World) LateInSecond(c Clock) {
	var now unix.Timespec
	if err := unix.ClockGettime(int32(c), &now); err != nil {
		panic(kitError{fmt.Errorf("clock_gettime of %v: %w", c, err)})
	}
	if since := time.Duration(now.Nsec); since < late || since > late+margin {
		time.Sleep((late - since + time.Second) % time.Second)
	}
}

// Expires expects that a call, which was begun with that time limit and cannot be
// granted, comes back with one of the refusals, and not before its time is up.
func (c *Call) Expires(limit time.Duration, refusals []subject.Kind, format string, args ...any) {
	w, what := c.process.world, fmt.Sprintf(format, args...)
	_, err := c.Return()
	w.Refused(err, refusals, "%s for at most %v", what, limit)
	if took := c.call.Took(); took < limit {
		w.Fail("%s gave up after %v; it must wait for %v", what, took.Round(time.Millisecond/10), limit)
	}
}
