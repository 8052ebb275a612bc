package sharedmemory

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// Presence: which handles of an object are attached, and whether their processes
// are alive, is kept in open-file-description locks on single bytes of the
// object's file (fcntl(2), Linux 3.15, POSIX.1-2024). Such a lock belongs to one
// handle, also conflicts with those of other handles in the same process, and is
// dropped by the kernel when the process ends in any way. Asking for the lock
// therefore tells whether its holder is alive, without a process id that could
// have been reused or belong to another namespace.
//
// The bytes lie beyond the end of any file; locks need no data under them.
const (
	byteAttached int64 = lockBase + iota // read-locked by every attached handle
	byteProducer                         // write-locked by the producer
	byteConsumer                         // write-locked by the consumer

	byteSeats int64 = lockBase + 64 // and following: write-locked by the handle in the seat, see seat.go
	lockBase        = 1 << 62
)

// lockByte takes a lock of the given type (F_RDLCK or F_WRLCK) without waiting;
// held reports that another handle has it.
func lockByte(fd int, offset int64, lockType int16) (held bool, err error) {
	l := unix.Flock_t{Type: lockType, Whence: io.SeekStart, Start: offset, Len: 1}
	err = ignoringEINTR(func() error { return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &l) })
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return true, nil
	}
	return false, lockError(err)
}

// unlockByte releases a lock.
func unlockByte(fd int, offset int64) error {
	_, err := lockByte(fd, offset, unix.F_UNLCK)
	return err
}

// heldByOther reports whether a handle other than fd's holds a lock on the byte.
func heldByOther(fd int, offset int64) (bool, error) {
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: offset, Len: 1}
	err := ignoringEINTR(func() error { return unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &l) })
	return l.Type != unix.F_UNLCK, lockError(err)
}

func lockError(err error) error {
	if err == nil {
		return nil
	}
	return systemError("fcntl(F_OFD_SETLK)", fmt.Errorf("open-file-description locks: %w", err))
}

// ignoringEINTR repeats a system call as long as a signal interrupts it: the Go
// runtime preempts with signals.
func ignoringEINTR(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
