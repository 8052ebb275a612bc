package limit

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wake: a process stores into a word, wakes whichever sleeps at it, and sleeps at
// the other word until that follows. Where both are kept on one processor, it is the
// cost of changing from one to the other.
func wake(role string, object, back *memory, _ int64) (stretch, error) {
	ping, err := pings(role)
	if err != nil {
		return nil, err
	}
	mineAt, otherAt := directions(ping, object, back)
	mine, other := object.half(mineAt), back.half(otherAt)
	if ping {
		return timed(func(i uint64) {
			signal(mine, uint32(i+1))
			sleepUntil(other, uint32(i+1))
		}), nil
	}
	return timed(func(i uint64) {
		sleepUntil(other, uint32(i+1))
		signal(mine, uint32(i+1))
	}), nil
}

// half is the word of 32 bits that a futex is.
func (m *memory) half(at int) *uint32 { return (*uint32)(unsafe.Pointer(&m.bytes[at])) }

// Operations of futex(2), between processes.
const (
	futexWait = 0
	futexWake = 1
)

func signal(word *uint32, value uint32) {
	atomic.StoreUint32(word, value)
	_, _, _ = unix.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake, 1, 0, 0, 0)
}

func sleepUntil(word *uint32, value uint32) {
	for {
		held := atomic.LoadUint32(word)
		if held == value {
			return
		}
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWait, uintptr(held), 0, 0, 0)
	}
}
