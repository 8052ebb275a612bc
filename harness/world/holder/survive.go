package holder

import (
	"os"
	"os/signal"
	"unsafe"

	"golang.org/x/sys/unix"
)

// nothing is in nothing.s, with its address.
func nothing() //nolint:unused // its address is what is used

var nothingAddress uintptr

// survive makes the holder outlive every signal that its world can send. The
// kernel delivers to the first process of a PID namespace only those signals for
// which it has a handler, and the Go runtime has handlers that end the process:
// all signals are therefore taken, and dropped. They are not ignored, since children
// would inherit that.
//
// For signals 32 to 34 the Go runtime has no handler. One that comes while the first
// thread blocks it, as it does in the handler of another signal and while it forks,
// is given to another thread, and then ends even the first process of a PID
// namespace. So they get a handler that does nothing.
func survive() error {
	signal.Notify(make(chan os.Signal, 1))
	var a action
	if err := sigaction(unix.SIGUSR1, nil, &a); err != nil {
		return err
	}
	a.handler = nothingAddress
	for s := unix.Signal(32); s <= 34; s++ {
		if err := sigaction(s, &a, nil); err != nil {
			return err
		}
	}
	return nil
}

// action is struct sigaction of the kernel: a handler, then flags, a restorer on
// some architectures, and a mask.
type action struct {
	handler uintptr
	_       [56]byte
}

func sigaction(s unix.Signal, set, got *action) error {
	const maskSize = 8
	if _, _, errno := unix.Syscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(got)), maskSize, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
