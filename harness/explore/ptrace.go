package explore

import (
	"bytes"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// signalInfo is the head of siginfo_t, enough for a fault.
type signalInfo struct {
	signo, errno, code, _ int32
	addr                  uint64
	_                     [104]byte
}

func ptraceSignalInfo(tid int) (info signalInfo, err error) {
	err = ptrace.Request(unix.PTRACE_GETSIGINFO, tid, 0, uintptr(unsafe.Pointer(&info)))
	return info, err
}

// yield lets the traced thread, which is on the same processor, run.
func yield() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// taskState is the state letter of a thread, 'X' when it is gone.
func taskState(pid, tid int) byte {
	var text [512]byte
	n := readSmall(fmt.Sprintf("/proc/%d/task/%d/stat", pid, tid), text[:])
	return stateIn(text[:n])
}

// stateIn is the state letter in the text of a thread's stat.
func stateIn(stat []byte) byte {
	if i := bytes.LastIndexByte(stat, ')'); i > 0 && i+2 < len(stat) {
		return stat[i+2]
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
	if reason := ptrace.Refusal(err); reason != "" {
		return &Refused{Reason: reason}
	}
	return nil
}
