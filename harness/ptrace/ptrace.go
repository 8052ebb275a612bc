// Package ptrace is ptrace(2) as far as the kit's tracers need it: requests,
// and what a system call stop is. The wrappers of package syscall know neither
// PTRACE_SEIZE nor what came with it.
//
// A tracer is a thread: a goroutine that calls anything here has been locked to its
// thread before, and stays on it for as long as it traces.
package ptrace

import (
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Request makes a request of a traced thread. It does not hand the processor to
// the Go scheduler, since a stop takes microseconds. Data may be a pointer,
// converted in the call.
//
//go:uintptrescapes
func Request(request, tid int, addr, data uintptr) error {
	if _, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// What a system call stop is (linux/ptrace.h).
const (
	Entry = 1
	Exit  = 2
)

// Call is struct ptrace_syscall_info. The union holds the number and six
// arguments at entry; at exit the result, and a byte that says whether it is an
// error. It is the same on every architecture.
type Call struct {
	Op      uint8 // Entry, Exit, or something else where the thread stopped for another reason
	_       [3]uint8
	Arch    uint32 // AUDIT_ARCH_*
	IP, SP  uint64
	payload [8]uint64
}

// Number is the call's number, valid at its entry.
func (c *Call) Number() uint64 { return c.payload[0] }

// Args are the six arguments, valid at entry.
func (c *Call) Args() [6]uint64 { return [6]uint64(c.payload[1:7]) }

// Result is what the call returned, valid at its exit: a negative error number
// where it failed.
func (c *Call) Result() int64 { return int64(c.payload[0]) }

// Failed reports whether the result is an error, valid at exit.
func (c *Call) Failed() bool { return uint8(c.payload[1]) != 0 }

// SyscallInfo asks what call a thread stands at the entry or the exit of. It
// needs Linux 5.3. Errors: ESRCH where the thread was killed meanwhile.
func SyscallInfo(tid int) (Call, error) {
	var c Call
	n, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid),
		unsafe.Sizeof(c), uintptr(unsafe.Pointer(&c)), 0, 0)
	if errno != 0 {
		return c, errno
	}
	if n < unsafe.Offsetof(c.payload) {
		return c, unix.EIO
	}
	return c, nil
}

// EventMessage is what came with the event that a thread stopped for: the new
// thread of a clone, for one.
func EventMessage(tid int) (uint64, error) {
	var message uint64
	err := Request(unix.PTRACE_GETEVENTMSG, tid, 0, uintptr(unsafe.Pointer(&message)))
	return message, err
}

// A Signal is the head of siginfo_t: what a thread stopped for.
type Signal struct {
	Number, Errno, Code, _ int32
	Address                uint64 // of SIGSEGV, SIGBUS, SIGILL and SIGFPE
	_                      [104]byte
}

// SignalInfo is the signal that a thread stopped for.
func SignalInfo(tid int) (Signal, error) {
	var s Signal
	err := Request(unix.PTRACE_GETSIGINFO, tid, 0, uintptr(unsafe.Pointer(&s)))
	return s, err
}

// Wait waits for a stop or the end of one traced thread, -1 for any, without
// handing the processor to the Go scheduler. It gives 0 where flags hold
// WNOHANG and nothing has happened.
func Wait(tid, flags int) (int, unix.WaitStatus, error) {
	var status int32
	for {
		got, _, errno := unix.RawSyscall6(unix.SYS_WAIT4, uintptr(tid), uintptr(unsafe.Pointer(&status)), uintptr(flags|unix.WALL), 0, 0, 0)
		switch errno {
		case 0:
			return int(got), unix.WaitStatus(status), nil
		case unix.EINTR:
		default:
			return 0, 0, errno
		}
	}
}

// Await is Wait without flags that lets other goroutines run meanwhile.
func Await(tid int) (got int, status unix.WaitStatus, err error) {
	for {
		if got, err = unix.Wait4(tid, &status, unix.WALL, nil); err != unix.EINTR {
			return got, status, err
		}
	}
}

// Yield lets a traced thread, which is on the same processor, run.
func Yield() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// Refusal says in words that this host does not let a process be traced; ""
// where the error is none of permission.
func Refusal(err error) string {
	if err != unix.EPERM && err != unix.EACCES && err != unix.ENOSYS {
		return ""
	}
	reason := fmt.Sprintf("ptrace: %v", err)
	if scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope"); err == nil {
		if s := strings.TrimSpace(string(scope)); s > "1" {
			reason += fmt.Sprintf(" (/proc/sys/kernel/yama/ptrace_scope is %s; 1 or 0 is needed)", s)
		}
	}
	return reason
}
