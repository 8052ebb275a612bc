package messagepassing

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A waker lets one goroutine sleep in poll(2), and others end that sleep through
// an eventfd(2), which is created when first needed.
type waker struct {
	mu     sync.Mutex
	fd     int
	made   bool
	closed bool
}

// sleep waits until one of fds is ready, or for slice if that is not 0; the
// caller then looks again. fds needs capacity for one more. Errors: ErrTimeout,
// ErrInterrupted.
func (w *waker) sleep(ctx, scope context.Context, fds []unix.PollFd, deadline time.Time, slice time.Duration) error {
	fd, err := w.open()
	if err != nil {
		return err
	}
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, w.wake)()
	}
	defer context.AfterFunc(scope, w.wake)()
	timeout := pollMillis(deadline)
	if s := int(slice.Milliseconds()); s > 0 && (timeout < 0 || timeout > s) {
		timeout = s
	}
	fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	ready, err := unix.Poll(fds, timeout)
	switch {
	case errors.Is(err, unix.EINTR):
	case err != nil:
		return systemError("poll", err)
	case fds[len(fds)-1].Revents != 0:
		w.clear()
	}
	if err := contextError(ctx); err != nil {
		return err
	}
	if scope.Err() != nil {
		return ErrInterrupted
	}
	if ready <= 0 && !deadline.IsZero() && !time.Now().Before(deadline) {
		return ErrTimeout
	}
	return nil
}

func (w *waker) open() (fd int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return -1, errDetached
	}
	if !w.made {
		if w.fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
			return -1, systemError("eventfd", err)
		}
		w.made = true
	}
	return w.fd, nil
}

// wake makes the current or the next poll return.
func (w *waker) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.made && !w.closed {
		_, _ = unix.Write(w.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
}

func (w *waker) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.made && !w.closed {
		var count [8]byte
		_, _ = unix.Read(w.fd, count[:])
	}
}

func (w *waker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.made && !w.closed {
		_ = unix.Close(w.fd)
	}
	w.closed = true
}
