package mechanism

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// A Failure is a call that failed.
type Failure struct {
	PID    int
	Call   string // as assignments name it: mq_receive
	Object string
	Bytes  int64 // length that it was given; 0 where it has none
	Errno  syscall.Errno
	Count  int // at least; up to twice as often
}

// String reads "mq_receive of 64 bytes on /parcels failed with EMSGSIZE (message
// too long)".
func (f Failure) String() string {
	text := f.Call
	if f.Bytes > 0 {
		text += fmt.Sprintf(" of %d bytes", f.Bytes)
	}
	if f.Object != "" {
		text += " on " + f.Object
	}
	return fmt.Sprintf("%s failed with %s (%v)", text, unix.ErrnoName(f.Errno), f.Errno)
}

// failed reports a call that failed, under the name and on the object under which
// it is reported when it does not.
func (t *tracer) failed(r recogniser, c *call, errno syscall.Errno) {
	t.failing = &Fact{Errno: int(errno)}
	if r.length > 0 {
		t.failing.Bytes = int64(c.args[r.length])
	}
	r.seen(t, c)
	t.failing = nil
}

// usual reports whether an error only says that a call had to wait, or was
// interrupted: most correct programs see such. Numbers from 512 on are the kernel's
// own, of calls that it restarts.
func usual(errno syscall.Errno) bool {
	return errno >= 512 || slices.Contains([]syscall.Errno{unix.EAGAIN, unix.EINTR, unix.ETIMEDOUT, unix.EINPROGRESS, unix.ENOMSG}, errno)
}

// attempts are the calls that count as use also where they failed; see attempted.
var attempts = map[string]bool{
	"semop": true, "msgsnd": true, "msgrcv": true, "mq_send": true, "mq_receive": true, "mq_notify": true,
	"connect": true, "futex": true, "sleep": true, "flock": true, "fcntl lock": true,
}

// again reports whether a failure is made good by another try that succeeds: of a
// call that opens or makes an object it is, of one that moves data it is not.
func again(call string) bool {
	return call == "connect" || !attempts[call] && !slices.Contains([]string{"read", "write", "send", "recv", "sendmsg", "recvmsg"}, call)
}

// Failures gives the calls that failed, in the order in which they first did. What
// correct programs do as well is left out: to open or make an object that is only
// there later, to remove names to be on the safe side, and to look for files that
// may be there or not.
func Failures(facts []Fact) []Failure {
	var list []Failure
	for _, f := range facts {
		succeeds := func(g Fact) bool {
			return g.PID == f.PID && g.Call == f.Call && g.Object == f.Object && g.Errno == 0
		}
		if f.Errno == 0 || tolerated(f) || again(f.Call) && slices.ContainsFunc(facts, succeeds) {
			continue
		}
		failure := Failure{f.PID, f.Call, f.Object, f.Bytes, syscall.Errno(f.Errno), f.Count}
		i := slices.IndexFunc(list, func(g Failure) bool {
			g.Count = failure.Count
			return g == failure
		})
		if i < 0 {
			list = append(list, failure)
		} else {
			list[i].Count = failure.Count
		}
	}
	return list
}

// tolerated reports whether a failure is part of what many correct programs do.
func tolerated(f Fact) bool {
	switch f.Call {
	case "read-file", "write-file", "futex", "sleep", "signal":
		return true
	case "read", "write":
		return strings.HasPrefix(f.Object, "/dev/") // a terminal that the kit has closed
	case "mkfifo":
		return f.Errno == int(unix.EEXIST)
	}
	return f.Errno == int(unix.ENOENT) && strings.HasSuffix(f.Call, "_unlink")
}
