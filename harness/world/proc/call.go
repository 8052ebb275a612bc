package proc

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// A Call is the system call that a thread is in, as proc_pid_syscall(5) shows it
// to a process that may trace it.
type Call struct {
	PID, TID int // as the kit sees them
	Name     string
	Args     [6]uint64
}

// At gives the call that a thread of a process is in. ok is false when it is in
// none, when the host does not show it, and when it went on meanwhile.
func At(pid int, t Thread) (call Call, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/syscall", t.TID))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 7 || t.Syscall == "" {
		return Call{}, false
	}
	if number, err := strconv.Atoi(fields[0]); err != nil || number != t.Number {
		return Call{}, false
	}
	call = Call{PID: pid, TID: t.TID, Name: t.Syscall}
	for i := range call.Args {
		if call.Args[i], err = strconv.ParseUint(strings.TrimPrefix(fields[i+1], "0x"), 16, 64); err != nil {
			return Call{}, false
		}
	}
	return call, true
}

// longLimit is a time limit that is as good as none. Go's idle monitor thread
// sleeps for at most a minute unless a timer is due before.
const longLimit = 30 * time.Second

// Unlimited reports whether the call waits without a time limit for something
// that another process has to do. What is not known has one.
func (c Call) Unlimited() bool {
	null := func(i int) bool { return c.Args[i] == 0 }
	switch c.Name {
	case "futex":
		if null(3) {
			return true
		}
		// Only FUTEX_WAIT's limit is relative, as a struct timespec.
		limit, ok := duration(c.TID, c.Args[3])
		return ok && c.Args[1]&0x7f == 0 && limit > longLimit
	case "epoll_wait", "epoll_pwait":
		return int32(c.Args[3]) < 0
	case "epoll_pwait2", "futex_waitv", "semtimedop":
		return null(3)
	case "poll":
		return int32(c.Args[2]) < 0
	case "ppoll", "rt_sigtimedwait":
		return null(2)
	case "select", "pselect6", "mq_timedreceive", "mq_timedsend":
		return null(4)
	case "read", "write", "readv", "writev":
		// A socket may have a limit of its own, a timer's descriptor is one.
		file := c.file()
		return file != "" && !strings.HasPrefix(file, "socket:") && !strings.HasPrefix(file, "anon_inode:")
	case "semop", "msgrcv", "msgsnd", "pause", "rt_sigsuspend", "wait4", "waitid", "flock", "open", "openat":
		return true
	}
	return false
}

// duration reads a struct timespec from a process.
func duration(pid int, address uint64) (time.Duration, bool) {
	var b [16]byte
	if !ptrace.Read(pid, address, b[:]) {
		return 0, false
	}
	seconds, rest := binary.NativeEndian.Uint64(b[:8]), binary.NativeEndian.Uint64(b[8:])
	if seconds > 1<<32 {
		seconds = 1 << 32
	}
	return time.Duration(seconds)*time.Second + time.Duration(rest), true
}

// String reads "futex(/dev/shm/ring+168)", "read(pipe:[4711])", "semop(id 3)".
func (c Call) String() string {
	switch c.Name {
	case "futex":
		at := place(c.PID, c.Args[0])
		if c.Args[1]&privateFutex != 0 && at != private {
			at += ", FUTEX_PRIVATE_FLAG: no other process can wake it"
		}
		return "futex(" + at + ")"
	case "read", "write", "readv", "writev", "recvfrom", "recvmsg", "sendto", "sendmsg", "accept", "accept4",
		"connect", "flock", "fcntl", "mq_timedreceive", "mq_timedsend", "epoll_wait", "epoll_pwait":
		if file := c.file(); file != "" {
			return c.Name + "(" + file + ")"
		}
	case "semop", "semtimedop", "msgrcv", "msgsnd":
		return fmt.Sprintf("%s(id %d)", c.Name, int32(c.Args[0]))
	}
	return c.Name
}

// file is what the descriptor in the first argument leads to.
func (c Call) file() string {
	file, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", c.PID, int32(c.Args[0])))
	if err != nil {
		return ""
	}
	return file
}

// privateFutex is FUTEX_PRIVATE_FLAG: a wake-up of another process, even in the same
// memory, does not arrive. It is what is left out where an attribute
// PTHREAD_PROCESS_SHARED, or sem_init's pshared, is missing.
const privateFutex = 128

// private is said of memory that no other process has.
const private = "private memory"

// place names an address of a process by the mapping that it lies in.
func place(pid int, address uint64) string {
	all, _ := Mappings(pid) // nothing of a process that is gone
	for _, m := range all {
		switch {
		case !m.Holds(address):
		case !m.Shared:
			return private
		default:
			return fmt.Sprintf("%s+%d", cmp.Or(m.Name(pid), "shared memory"), address-m.Low+m.Offset)
		}
	}
	return fmt.Sprintf("%#x", address)
}
