package messagepassing

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A remote is the state of a connection to a broker on another host, over TCP.
// Such a connection may be cut at any moment. Requests and answers are therefore
// numbered within a session that outlives the connection: after reconnecting,
// the client names the last answer that it received and the request that is
// unanswered, and the broker repeats that answer or has never seen the request.
// A request takes effect once, however often it was sent (Birrell, Nelson,
// Implementing Remote Procedure Calls, TOCS 2(1), 1984).
type remote struct {
	address      string
	key          []byte
	token        [tokenSize]byte // identifies the session
	acknowledged uint32          // number of the last answer received
	broken       bool            // the connection is cut, or out of step
}

const (
	// remoteGrace is how long the answer to a withdrawal may take before the
	// connection counts as cut.
	remoteGrace = 500 * time.Millisecond
	// remotePatience limits a request that does not wait for anything.
	remotePatience = 5 * time.Second
	// remoteLease is how long the broker keeps the session of a client whose
	// connection is cut, and how long a client without a time limit tries to
	// reconnect.
	remoteLease = 30 * time.Second
	// remoteSilence is how long the kernel waits for a sign of the other side
	// before it resets the connection (TCP_USER_TIMEOUT, keep-alive probes;
	// tcp(7)).
	remoteSilence = 10 * time.Second
	// remoteSlice is how often a waiting client checks whether its request was
	// withdrawn, in milliseconds.
	remoteSlice = 100
	remoteRetry = 50 * time.Millisecond

	tokenSize = 16
)

var (
	// errCut: the time limit passed, and the broker did not answer.
	errCut = errors.New("the connection to the other host is cut")
	// errForgotten: the broker does not know the session any more.
	errForgotten = fmt.Errorf("%w: the broker has ended, or the connection was cut for more than %v", ErrPeerDead, remoteLease)
)

// identity tells brokers on other hosts which connections belong to one process.
// It is secret: any process that knows it could pose as this one.
var identity = sync.OnceValue(func() (token [tokenSize]byte) {
	_, _ = rand.Read(token[:]) // never fails
	return token
})

// callRemote is call over a connection that may be cut meanwhile. Within its
// limit it reconnects and repeats the request as often as necessary.
func (conn *connection) callRemote(ctx context.Context, request *frame, w Wait, into []byte) (answer frame, err error) {
	deadline := w.deadline()
	conn.abandonAt = time.Time{}
	switch {
	case w == Never:
		conn.abandonAt = time.Now().Add(remotePatience)
	case w > 0:
		conn.abandonAt = deadline.Add(remoteGrace)
	}
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { _ = conn.withdraw(request.number) })()
	}
	asked := false
	var mendBy time.Time
	for {
		if conn.remote.broken {
			repeated := false
			if answer, repeated, err = conn.reconnect(request.number, into); err == nil && !repeated {
				mendBy = time.Time{}
			}
			if repeated && err == nil {
				return answer, nil
			}
		}
		if !conn.remote.broken {
			asked = true
			if err = conn.ask(request); err == nil {
				answer, err = conn.readAnswer(deadline, into)
			}
			if err == nil && answer.number != request.number {
				err = lost("read the answer", errProtocol)
			}
			if err == nil {
				conn.remote.acknowledged = request.number
				return answer, nil
			}
			conn.reset()
		}
		if mendBy.IsZero() {
			mendBy = time.Now().Add(remoteLease)
		}
		if reason := conn.abandoned(); reason != nil {
			err = fmt.Errorf("%w: %w", conn.abandonReason(ctx), reason)
		} else if !errors.Is(err, errForgotten) && !errors.Is(err, ErrPermission) && time.Now().Before(mendBy) {
			time.Sleep(remoteRetry)
			continue
		} else if errors.Is(err, errCut) {
			err = fmt.Errorf("%w: %w", ErrPeerDead, err)
		}
		if asked {
			err = fmt.Errorf("%w: %w", ErrInDoubt, err)
		}
		return answer, err
	}
}

// abandoned returns errCut if the current request is to be given up: its time
// limit passed or it was withdrawn, and the broker has not answered for a while.
func (conn *connection) abandoned() error {
	if conn.remote == nil {
		return nil
	}
	conn.writing.Lock()
	withdrawn, ended := conn.withdrawn, conn.detached
	conn.writing.Unlock()
	now := time.Now()
	if ended || !conn.abandonAt.IsZero() && now.After(conn.abandonAt) || !withdrawn.IsZero() && now.Sub(withdrawn) > remoteGrace {
		return errCut
	}
	return nil
}

// abandonReason is the sentinel error of an abandoned request.
func (conn *connection) abandonReason(ctx context.Context) error {
	if conn.expired || !conn.abandonAt.IsZero() && time.Now().After(conn.abandonAt) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ErrInterrupted
}

// waitReady waits until the socket is ready for events. It fails if that takes
// too long: the connection is cut then.
func (conn *connection) waitReady(events int16) error {
	until := time.Now().Add(remotePatience)
	if !conn.abandonAt.IsZero() && conn.abandonAt.Before(until) {
		until = conn.abandonAt
	}
	for {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(conn.fd), Events: events}}, pollMillis(until))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return lost("wait for the connection", err)
		}
		if ready > 0 {
			return nil
		}
		if !time.Now().Before(until) {
			return lost("wait for the connection", unix.ETIMEDOUT)
		}
	}
}

// reset closes the connection and keeps the session: a reset instead of an
// orderly end tells the broker that the client lives.
func (conn *connection) reset() {
	conn.remote.broken = true
	conn.writing.Lock()
	defer conn.writing.Unlock()
	if !conn.closed {
		conn.closed = true
		_ = unix.SetsockoptLinger(conn.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Close(conn.fd)
	}
}

// reconnect connects again and resumes the session. If the broker has answered
// the request of that number already, it repeats the answer.
func (conn *connection) reconnect(number uint32, into []byte) (answer frame, repeated bool, err error) {
	f := conn.remote
	fresh, err := dialRemote(f.address, f.key, conn.abandonAt)
	if err != nil {
		return answer, false, err
	}
	defer func() {
		if err != nil {
			fresh.reset()
		}
	}()
	answer, err = fresh.exchange(&frame{kind: requestResume, priority: f.acknowledged, pid: number, body: f.token[:]}, into)
	if err != nil {
		return answer, false, err
	}
	if repeated = answer.flags&flagRepeated != 0; repeated {
		f.acknowledged = number
	} else if answer.refusal() != nil {
		err = errForgotten
		return answer, false, err
	}
	conn.writing.Lock()
	conn.fd, conn.closed, f.broken = fresh.fd, false, false
	conn.writing.Unlock()
	return answer, repeated, nil
}

// exchange makes a request of the handshake, outside of any session.
func (conn *connection) exchange(request *frame, into []byte) (answer frame, err error) {
	if err := conn.ask(request); err != nil {
		return answer, err
	}
	return conn.readAnswer(time.Time{}, into)
}
