package explore

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Requests and the layout of PTRACE_GET_SYSCALL_INFO, from linux/ptrace.h.
const (
	callNone  = 0
	callEntry = 1
	callExit  = 2
)

// callInfo is struct ptrace_syscall_info: the union holds the number and six
// arguments at entry, and the result at exit.
type callInfo struct {
	op      uint8
	_       [3]uint8
	arch    uint32
	ip, sp  uint64
	payload [8]uint64
}

func (i *callInfo) number() uint64  { return i.payload[0] }
func (i *callInfo) args() [6]uint64 { return [6]uint64(i.payload[1:7]) }
func (i *callInfo) result() int64   { return int64(i.payload[0]) }

// ptrace is the raw request. Nothing here may hand the thread over to the Go
// scheduler: a tracer is a thread, and a stop takes microseconds.
func ptrace(request, tid int, addr, data uintptr) error {
	if _, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0); errno != 0 {
		return errno
	}
	return nil
}

func ptraceCallInfo(tid int) (info callInfo, err error) {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid),
		unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return info, errno
	}
	return info, nil
}

// signalInfo is the head of siginfo_t, enough for a fault.
type signalInfo struct {
	signo, errno, code, _ int32
	addr                  uint64
	_                     [104]byte
}

func ptraceSignalInfo(tid int) (info signalInfo, err error) {
	err = ptrace(unix.PTRACE_GETSIGINFO, tid, 0, uintptr(unsafe.Pointer(&info)))
	return info, err
}

// wait4 waits for one thread. It gives 0 where flags hold WNOHANG and nothing
// has happened.
func wait4(tid, flags int) (int, unix.WaitStatus, error) {
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

// yield lets the traced thread, which is on the same processor, run.
func yield() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// taskState is the state letter of a thread, 'X' when it is gone.
func taskState(pid, tid int) byte {
	var text [512]byte
	n := readSmall(fmt.Sprintf("/proc/%d/task/%d/stat", pid, tid), text[:])
	for i := n - 1; i > 0; i-- {
		if text[i] == ')' && i+2 < n {
			return text[i+2]
		}
	}
	return 'X'
}

// taskTime is the processor time that a thread has used, nanoseconds.
func taskTime(pid, tid int) (ns int64) {
	var text [128]byte
	for _, c := range text[:readSmall(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, tid), text[:])] {
		if c < '0' || c > '9' {
			break
		}
		ns = ns*10 + int64(c-'0')
	}
	return ns
}

func readSmall(path string, into []byte) int {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	n, _ := unix.Read(fd, into)
	_ = unix.Close(fd)
	return max(n, 0)
}

// A Refused says that this host does not let the explorer trace its agents.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return "interleavings cannot be explored here: " + e.Reason }

// refusal explains an error of ptrace; nil where it is none of permission.
func refusal(err error) *Refused {
	if err != syscall.EPERM && err != syscall.EACCES && err != syscall.ENOSYS {
		return nil
	}
	reason := fmt.Sprintf("ptrace: %v", err)
	if scope, readErr := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope"); readErr == nil && len(scope) > 0 && scope[0] > '1' {
		reason += fmt.Sprintf(" (/proc/sys/kernel/yama/ptrace_scope is %c; 1 or 0 is needed)", scope[0])
	}
	return &Refused{Reason: reason}
}
