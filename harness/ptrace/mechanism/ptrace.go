package mechanism

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// goOn lets a stopped thread run to its next system call stop, and delivers a
// signal first. A thread that was killed meanwhile is gone: that is no error.
func goOn(tid int, signal syscall.Signal) {
	_ = ptrace.Request(unix.PTRACE_SYSCALL, tid, 0, uintptr(signal))
}

// listen leaves a thread in its group stop until SIGCONT or a kill.
func listen(tid int) { _ = ptrace.Request(unix.PTRACE_LISTEN, tid, 0, 0) }

// wait waits for any traced thread, and lets other goroutines run meanwhile:
// one of them passes signals on.
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
