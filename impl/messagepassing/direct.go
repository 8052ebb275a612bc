package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A carrier moves the records of one link, whole and in order. One goroutine at
// a time sends, one at a time receives.
type transport interface {
	// send sends header and body as one record. Errors: ErrFull, ErrTimeout,
	// ErrInterrupted, ErrPeerDead; errSmaller when this record is too large for
	// the system just now.
	send(ctx, scope context.Context, header, body []byte, w Wait, deadline time.Time) error
	// receive puts a record into the buffers, one after the other. Errors:
	// ErrEmpty, ErrTimeout, ErrInterrupted; ErrPeerDead once all that the peer
	// has sent was received.
	receive(ctx, scope context.Context, buffers [][]byte, w Wait, deadline time.Time) (int, error)
	// descriptor is what poll(2) says is readable when a record is there.
	descriptor() int
	close()
}

// errSmaller asks for the message in smaller pieces.
var errSmaller = errors.New("record too large for the socket")

// A direct carrier is one end of a socketpair(2) whose other end the peer holds:
// the processes are linked by the kernel alone, and go on if the broker dies.
type direct struct {
	fd      int
	out, in waker

	closing sync.Mutex
	closed  bool
}

func newDirect(fd int) *direct { return &direct{fd: fd} }

// linkBuffer is asked for each direction, in bytes. The system may grant less
// (net.core.wmem_max), and counts its own overhead in.
const linkBuffer = 4 << 20

// fullSlice: a Unix socket says that it is writable only once three quarters are
// free (unix_writable in the kernel), so a sender asleep would miss that there
// is room for its message. It looks now and then.
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
		case err == nil && n == 0: // a record is never empty
			return 0, fmt.Errorf("%w: it ended without a word", ErrPeerDead)
		case err == nil:
			return n, nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ECONNRESET):
			// The peer is gone and had not read everything. The kernel says so
			// once, before it gives out what the peer has sent.
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
