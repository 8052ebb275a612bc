package kernel

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// A limit is the moment at which a wait ends.
type limit struct {
	wait subject.Wait
	end  time.Time // set if wait is a time limit
}

func newLimit(wait subject.Wait) limit {
	l := limit{wait: wait}
	if wait > 0 {
		l.end = time.Now().Add(time.Duration(wait))
	}
	return l
}

// never reports whether the caller does not wait at all.
func (l limit) never() bool { return l.wait == subject.Never }

// left is the rest of the wait: 0 once it is over, and -1 for ever.
func (l limit) left() time.Duration {
	if l.wait == subject.Forever {
		return -1
	}
	return max(0, time.Until(l.end))
}

// over is the error at the end of the wait: of kind refusal if the caller does
// not wait at all, otherwise a timeout.
func (l limit) over(call string, refusal subject.Kind) error {
	if l.never() {
		return subject.Errorf(refusal, "%s", call)
	}
	return subject.Errorf(subject.Timeout, "%s", call)
}

// poll waits for events until the limit, and reports false if it has passed.
// Signals do not end it.
func (l limit) poll(fds []unix.PollFd) (bool, error) {
	for {
		var timeout *unix.Timespec
		if left := l.left(); left >= 0 {
			timeout = new(unix.NsecToTimespec(left.Nanoseconds()))
		}
		n, err := unix.Ppoll(fds, timeout, nil)
		if err != unix.EINTR {
			return n > 0, err
		}
	}
}
