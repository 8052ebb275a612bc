package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A transport moves the records of one link, whole and in order. One goroutine
// at a time sends, and one at a time receives.
type transport interface {
	// send sends header and body as one record. Errors: ErrFull, ErrTimeout,
	// ErrInterrupted, ErrPeerDead; errSmaller if the system refuses a record of
	// this size at the moment.
	send(ctx, scope context.Context, header, body []byte, w Wait, deadline time.Time) error
	// receive stores a record in the buffers, one after the other, and returns
	// its length. Errors: ErrEmpty, ErrTimeout, ErrInterrupted; ErrPeerDead once
	// everything that the peer sent was received.
	receive(ctx, scope context.Context, buffers [][]byte, w Wait, deadline time.Time) (int, error)
	// descriptor becomes readable (poll(2)) when a record is there; -1 for none.
	descriptor() int
	close()
}

// errSmaller asks for the message in smaller records.
var errSmaller = errors.New("record too large for the socket")

// A direct transport is one end of a socketpair(2) whose other end the peer
// holds. It does not involve the broker, and outlives it.
type direct struct {
	fd      int
	out, in waker

	closing sync.Mutex
	closed  bool
}

func newDirect(fd int) *direct { return &direct{fd: fd} }

// linkBuffer is the buffer size requested for each direction, in bytes. The
// system may grant less (net.core.wmem_max), and counts its own overhead.
const linkBuffer = 4 << 20

// fullSlice is how often a blocked sender retries. A Unix socket reports that it
// is writable only once three quarters of its buffer are free (unix_writable in
// the kernel), which is too late for a message that would fit earlier.
const fullSlice = 20 * time.Millisecond

func (d *direct) descriptor() int { return d.fd }

func (d *direct) send(ctx, scope context.Context, header, body []byte, w Wait, deadline time.Time) error {
	parts := [...][]byte{header, body}
	for {
		_, err := unix.SendmsgBuffers(d.fd, parts[:], nil, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EMSGSIZE), errors.Is(err, unix.ENOBUFS), errors.Is(err, unix.ENOMEM):
			return errSmaller
		case !errors.Is(err, unix.EAGAIN):
			return systemError("send", err)
		case w == Never:
			return ErrFull
		default:
			var fds [2]unix.PollFd
			fds[0] = unix.PollFd{Fd: int32(d.fd), Events: unix.POLLOUT}
			if err := d.out.sleep(ctx, scope, fds[:1], deadline, fullSlice); err != nil {
				return err
			}
		}
	}
}

func (d *direct) receive(ctx, scope context.Context, buffers [][]byte, w Wait, deadline time.Time) (int, error) {
	for {
		n, _, _, _, err := unix.RecvmsgBuffers(d.fd, buffers, nil, unix.MSG_DONTWAIT)
		switch {
		case err == nil && n == 0: // end of file: a record is never empty
			return 0, fmt.Errorf("%w: it ended without closing the link", ErrPeerDead)
		case err == nil:
			return n, nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ECONNRESET):
			// The peer closed its end before it had read everything. The kernel
			// reports that once, before it hands out what the peer had sent.
		case !errors.Is(err, unix.EAGAIN):
			return 0, systemError("receive", err)
		case w == Never:
			return 0, ErrEmpty
		default:
			var fds [2]unix.PollFd
			fds[0] = unix.PollFd{Fd: int32(d.fd), Events: unix.POLLIN}
			if err := d.in.sleep(ctx, scope, fds[:1], deadline, 0); err != nil {
				return 0, err
			}
		}
	}
}

func (d *direct) close() {
	d.closing.Lock()
	defer d.closing.Unlock()
	if !d.closed {
		d.closed = true
		_ = unix.Close(d.fd)
		d.out.close()
		d.in.close()
	}
}
