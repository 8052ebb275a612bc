package trace

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What a system call stop is, from PTRACE_GET_SYSCALL_INFO (linux/ptrace.h).
const (
	syscallNone  = 0
	syscallEntry = 1
	syscallExit  = 2
)

// syscallInfo is struct ptrace_syscall_info. The union holds the number and six
// arguments at entry; at exit the result, and a byte that says whether it is an
// error. It is the same on every architecture.
type syscallInfo struct {
	op      uint8
	_       [3]uint8
	arch    uint32
	ip, sp  uint64
	payload [8]uint64
}

func (i *syscallInfo) number() uint64   { return i.payload[0] }
func (i *syscallInfo) args() [6]uint64  { return [6]uint64(i.payload[1:7]) }
func (i *syscallInfo) result() int64    { return int64(i.payload[0]) }
func (i *syscallInfo) failed() bool     { return uint8(i.payload[1]) != 0 }
func (i *syscallInfo) valid(n int) bool { return n >= int(unsafe.Offsetof(i.payload)) }

// ptrace is the raw request. The wrappers of package syscall know neither
// PTRACE_SEIZE nor what came with it.
func ptrace(request, tid int, addr, data uintptr) (int, error) {
	n, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if errno != 0 {
		return int(n), errno
	}
	return int(n), nil
}

func getSyscallInfo(tid int) (syscallInfo, error) {
	var info syscallInfo
	n, _, errno := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid),
		unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return info, errno
	}
	if !info.valid(int(n)) {
		return info, unix.EIO
	}
	return info, nil
}

// goOn lets a stopped thread run to its next system call stop, and delivers a
// signal first. A thread that was killed meanwhile is gone: that is no error.
func goOn(tid int, signal syscall.Signal) {
	_, _ = ptrace(unix.PTRACE_SYSCALL, tid, 0, uintptr(signal))
}

// listen leaves a thread in its group stop until SIGCONT or a kill.
func listen(tid int) { _, _ = ptrace(unix.PTRACE_LISTEN, tid, 0, 0) }

// wait waits for any traced thread.
func wait() (tid int, status unix.WaitStatus, err error) {
	for {
		tid, err = unix.Wait4(-1, &status, unix.WALL, nil)
		if err != unix.EINTR {
			return tid, status, err
		}
	}
}

// readString reads a string of a traced process, up to limit bytes. What
// cannot be read is "".
func readString(pid int, address uint64, limit int) string {
	var text []byte
	for len(text) < limit {
		// A read that crosses into an unmapped page fails as a whole.
		n := 4096 - int(address%4096)
		chunk := make([]byte, min(n, limit-len(text)))
		local := unix.Iovec{Base: &chunk[0]}
		local.SetLen(len(chunk))
		remote := unix.RemoteIovec{Base: uintptr(address), Len: len(chunk)}
		got, err := unix.ProcessVMReadv(pid, []unix.Iovec{local}, []unix.RemoteIovec{remote}, 0)
		if err != nil || got <= 0 {
			break
		}
		for i, b := range chunk[:got] {
			if b == 0 {
				return string(append(text, chunk[:i]...))
			}
		}
		text = append(text, chunk[:got]...)
		address += uint64(got)
	}
	return string(text)
}

// readBytes reads exactly n bytes, or gives nil.
func readBytes(pid int, address uint64, n int) []byte {
	b := make([]byte, n)
	local := unix.Iovec{Base: &b[0]}
	local.SetLen(n)
	got, err := unix.ProcessVMReadv(pid, []unix.Iovec{local}, []unix.RemoteIovec{{Base: uintptr(address), Len: n}}, 0)
	if err != nil || got != n {
		return nil
	}
	return b
}
