package sharedmemory

import (
	"math"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Operations of futex(2) without FUTEX_PRIVATE_FLAG: the word is shared between
// processes. (Drepper, Futexes Are Tricky, 2011.)
const (
	futexWaitBitset = 9 // absolute CLOCK_MONOTONIC deadline, unlike FUTEX_WAIT
	futexWakeOp     = 1
	futexAnyBit     = 0xffffffff
)

// futexWait sleeps while *word is value, until a wake-up or the deadline (on the
// clock of [monotonic]; noDeadline for none). It may return early for no reason:
// the caller checks its condition, and the clock, again.
//
// It uses Syscall6, which tells the Go scheduler to run other goroutines.
func futexWait(word *atomic.Uint32, value uint32, deadline int64) {
	var limit *unix.Timespec
	if deadline != noDeadline {
		ts := unix.NsecToTimespec(deadline)
		limit = &ts
	}
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWaitBitset,
		uintptr(value), uintptr(unsafe.Pointer(limit)), 0, futexAnyBit)
}

// futexWake wakes up to n sleepers on a word, and returns how many there were.
// It never blocks, so the Go scheduler need not know (RawSyscall).
func futexWake(word *atomic.Uint32, n int) int {
	woken, _, errno := unix.RawSyscall(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWakeOp, uintptr(n))
	if errno != 0 {
		return 0
	}
	return int(woken)
}

// allSleepers is the number for futexWake that wakes all.
const allSleepers = math.MaxInt32

// noDeadline is the deadline of a wait without a limit.
const noDeadline = math.MaxInt64

// monotonic is CLOCK_MONOTONIC in nanoseconds, the clock of futexWait.
func monotonic() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic("sharedmemory: CLOCK_MONOTONIC cannot be read: " + err.Error()) // impossible since Linux 2.6
	}
	return ts.Nano()
}

// watchInterval is how long a sleeper goes without checking whether the
// processes that it waits for are alive: their death wakes no sleeper.
const watchInterval = 100 * time.Millisecond
