package message

import (
	"fmt"
	"syscall"
	"time"
)

// Exit is how a process ended.
type Exit struct {
	Code     int            // 0 to 255; -1 when a signal ended it or it is not known
	Signal   syscall.Signal // 0 when it ended by itself
	Core     bool           // it dumped core
	MaxRSS   int64          // bytes, the highest resident set of the process
	UserTime time.Duration
	SysTime  time.Duration

	// Cause is why the world itself ended the process ("output limit of 1048576
	// bytes", "time limit of 30s", "the world was closed"), or "".
	Cause string
}

// OK reports an exit with status 0.
func (e Exit) OK() bool { return e.Code == 0 && e.Signal == 0 }

// String reads "exit status 3", "killed by signal 11 (segmentation fault)".
func (e Exit) String() string {
	text := fmt.Sprintf("exit status %d", e.Code)
	switch {
	case e.Signal != 0:
		text = fmt.Sprintf("killed by signal %d (%s)", int(e.Signal), e.Signal)
		if e.Core {
			text += ", core dumped"
		}
	case e.Code < 0:
		text = "ended in an unknown way"
	}
	if e.Cause != "" {
		text += ": " + e.Cause
	}
	return text
}
