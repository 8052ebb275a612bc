package host

import (
	"os"
	"os/signal"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// interruptible makes SIGUSR1 a signal that does nothing but interrupt the
// system call that a thread is in, as it would in a C program with a handler
// of its own. Go installs handlers with SA_RESTART, after which the kernel
// begins most calls again by itself; the flag is taken away.
func interruptible() bool {
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return false // the layout below is another
	}
	signal.Notify(make(chan os.Signal, 1), unix.SIGUSR1)
	var action struct { // the kernel's struct sigaction
		handler, flags, restorer, mask uint64
	}
	const restart = 0x10000000 // SA_RESTART
	if _, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGUSR1), 0, uintptr(unsafe.Pointer(&action)), 8, 0, 0); e != 0 {
		return false
	}
	action.flags &^= restart
	_, _, e := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGUSR1), uintptr(unsafe.Pointer(&action)), 0, 8, 0, 0)
	return e == 0
}
