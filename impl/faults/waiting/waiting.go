// Package waiting has what the faulty algorithms wait by: futexes, locks of
// the kernel's on bytes of a file, time limits, and the pause that makes a race
// show.
package waiting

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// Operations of futex(2), not private, since the words are shared by processes.
const (
	futexWait = 0
	futexWake = 1
)

// All wakes every process that sleeps on a word.
const All = 1 << 30

// Sleep sleeps while the word has the value that was seen, until a wake, a
// signal, or for limit (0: without a limit). It reports whether a signal ended
// it. Why it returned beyond that is for the caller's loop to find out.
func Sleep(word *atomic.Uint32, seen uint32, limit time.Duration) (interrupted bool) {
	var timeout *unix.Timespec
	if limit > 0 {
		timeout = new(unix.NsecToTimespec(limit.Nanoseconds()))
	}
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWait, uintptr(seen), uintptr(unsafe.Pointer(timeout)), 0, 0)
	return errno == unix.EINTR
}

// Wake wakes at most n processes that sleep on the word.
func Wake(word *atomic.Uint32, n int) {
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), futexWake, uintptr(n), 0, 0, 0)
}

// Until is the time at which a wait that begins now ends; zero where the wait
// has no limit.
func Until(wait subject.Wait) time.Time {
	if wait > 0 {
		return time.Now().Add(time.Duration(wait))
	}
	return time.Time{}
}

// NotCarried is what is left of a wait where the nanoseconds of the clock and of the
// limit are added and may be a second or more, which the system refuses as EINVAL and
// the caller takes for the end of the time.
func NotCarried(wait subject.Wait) subject.Wait {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_REALTIME, &now)
	if wait > 0 && now.Nano()%int64(time.Second)+int64(wait)%int64(time.Second) >= int64(time.Second) {
		return 1
	}
	return wait
}

// In32Bits is what is left of a wait whose nanoseconds are kept in 32 bits.
func In32Bits(wait subject.Wait) subject.Wait {
	if wait > 0 {
		return max(wait&0xffff_ffff, 1)
	}
	return wait
}

// Block has the calling thread take no signal of that number any more.
func Block(signal unix.Signal) {
	set := unix.Sigset_t{}
	set.Val[0] = 1 << (uint(signal) - 1)
	_ = unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil)
}

// Guard is the byte, behind all that is mapped of a file, whose lock guards the
// file's memory.
const Guard = 1 << 40

// Alone runs f with the lock on the file's guard byte, which the kernel releases
// when the process ends.
func Alone(fd int, f func()) {
	_ = LockByte(fd, unix.F_OFD_SETLKW, unix.F_WRLCK, Guard)
	defer func() { _ = LockByte(fd, unix.F_OFD_SETLK, unix.F_UNLCK, Guard) }()
	f()
}

// LockByte changes the lock on one byte of an open file: command is F_OFD_SETLK
// or F_OFD_SETLKW, kind is F_WRLCK or F_UNLCK. A wait that a signal interrupts
// is repeated.
func LockByte(fd, command int, kind int16, at int64) error {
	for {
		err := unix.FcntlFlock(uintptr(fd), command, &unix.Flock_t{Type: kind, Start: at, Len: 1})
		if err != unix.EINTR {
			return err
		}
	}
}
