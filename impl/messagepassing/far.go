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

// A far line goes to an office on another host, over TCP. It may be cut at any
// moment, so request and answer are numbered within a session that outlives the
// connection: after a new connection the client says which answer it got last and
// which it waits for, and the office either repeats that answer or has never seen
// the request. So a request takes effect once, however often it was sent (Birrell,
// Nelson, Implementing Remote Procedure Calls, TOCS 2(1), 1984).
type far struct {
	address string
	key     []byte
	token   [tokenSize]byte // the session
	got     uint32          // number of the last answer that arrived
	broken  bool            // there is no connection, or one that cannot be trusted
}

const (
	// farGrace is how long the answer to a withdrawal may take before the line
	// counts as cut.
	farGrace = 500 * time.Millisecond
	// farPatience is the limit for a request that itself does not wait.
	farPatience = 5 * time.Second
	// farLease is how long the office keeps the session of a client whose line
	// is cut, and how long a client that has no limit tries to mend it.
	farLease = 30 * time.Second
	// farSilence is how long the kernel goes on without a sign from the other
	// side (TCP_USER_TIMEOUT, and keep-alive probes before it; tcp(7)).
	farSilence = 10 * time.Second
	// farSlice is how often one who waits looks whether it was withdrawn, in
	// milliseconds.
	farSlice = 100
	farRetry = 50 * time.Millisecond

	tokenSize = 16
)

var (
	// errAbandoned: the time was up, and the office did not answer.
	errAbandoned = errors.New("the line to the other host is cut")
	// errForgotten: the office does not know the session any more.
	errForgotten = fmt.Errorf("%w: the post office has ended, or the line was cut for more than %v", ErrPeerDead, farLease)
)

// identity tells offices on other hosts which lines belong to one process. It is
// secret: whoever knows it is that process.
var identity = sync.OnceValue(func() (token [tokenSize]byte) {
	_, _ = rand.Read(token[:]) // never fails
	return token
})

// callFar is call over a line that may be cut meanwhile. Within its limit it
// mends the line and repeats the request as often as need be.
func (l *line) callFar(ctx context.Context, request *frame, w Wait, into []byte) (answer frame, err error) {
	deadline := w.deadline()
	l.giveUp = time.Time{}
	switch {
	case w == Never:
		l.giveUp = time.Now().Add(farPatience)
	case w > 0:
		l.giveUp = deadline.Add(farGrace)
	}
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { _ = l.withdraw(request.number) })()
	}
	asked := false
	var mendBy time.Time
	for {
		if l.far.broken {
			repeated := false
			if answer, repeated, err = l.mend(request.number, into); err == nil && !repeated {
				mendBy = time.Time{}
			}
			if repeated && err == nil {
				return answer, nil
			}
		}
		if !l.far.broken {
			asked = true
			if err = l.ask(request); err == nil {
				answer, err = l.await(deadline, into)
			}
			if err == nil && answer.number != request.number {
				err = lost("read the answer", errProtocol)
			}
			if err == nil {
				l.far.got = request.number
				return answer, nil
			}
			l.cut()
		}
		if mendBy.IsZero() {
			mendBy = time.Now().Add(farLease)
		}
		if reason := l.abandoned(); reason != nil {
			err = fmt.Errorf("%w: %w", l.abandonedAs(ctx), reason)
		} else if !errors.Is(err, errForgotten) && !errors.Is(err, ErrPermission) && time.Now().Before(mendBy) {
			time.Sleep(farRetry)
			continue
		} else if errors.Is(err, errAbandoned) {
			err = fmt.Errorf("%w: %w", ErrPeerDead, err)
		}
		if asked {
			err = fmt.Errorf("%w: %w", ErrInDoubt, err)
		}
		return answer, err
	}
}

// abandoned tells whether to give up the request under way: its time was up or
// it was withdrawn, and the office has not answered for a while.
func (l *line) abandoned() error {
	if l.far == nil {
		return nil
	}
	l.writing.Lock()
	withdrawn, ended := l.withdrawn, l.ended
	l.writing.Unlock()
	now := time.Now()
	if ended || !l.giveUp.IsZero() && now.After(l.giveUp) || !withdrawn.IsZero() && now.Sub(withdrawn) > farGrace {
		return errAbandoned
	}
	return nil
}

// abandonedAs is what an abandoned request amounts to.
func (l *line) abandonedAs(ctx context.Context) error {
	if l.expired || !l.giveUp.IsZero() && time.Now().After(l.giveUp) || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ErrInterrupted
}

// farReady waits until the socket is ready; it is cut when it is not for long.
func (l *line) farReady(events int16) error {
	until := time.Now().Add(farPatience)
	if !l.giveUp.IsZero() && l.giveUp.Before(until) {
		until = l.giveUp
	}
	for {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(l.fd), Events: events}}, pollMillis(until))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return lost("wait for the line", err)
		}
		if ready > 0 {
			return nil
		}
		if !time.Now().Before(until) {
			return lost("wait for the line", unix.ETIMEDOUT)
		}
	}
}

// cut gives up the connection, and the session stays: a reset instead of an
// orderly end tells the office that the client lives.
func (l *line) cut() {
	l.far.broken = true
	l.writing.Lock()
	defer l.writing.Unlock()
	if !l.closed {
		l.closed = true
		_ = unix.SetsockoptLinger(l.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		_ = unix.Close(l.fd)
	}
}

// mend connects again and takes up the session. If the office has answered the
// request of that number already, it repeats its answer.
func (l *line) mend(number uint32, into []byte) (answer frame, repeated bool, err error) {
	f := l.far
	fresh, err := dialFar(f.address, f.key, l.giveUp)
	if err != nil {
		return answer, false, err
	}
	defer func() {
		if err != nil {
			fresh.cut()
		}
	}()
	answer, err = fresh.exchange(&frame{kind: requestResume, priority: f.got, pid: number, body: f.token[:]}, into)
	if err != nil {
		return answer, false, err
	}
	if repeated = answer.flags&flagRepeated != 0; repeated {
		f.got = number
	} else if answer.refusal() != nil {
		err = errForgotten
		return answer, false, err
	}
	l.writing.Lock()
	l.fd, l.closed, f.broken = fresh.fd, false, false
	l.writing.Unlock()
	return answer, repeated, nil
}

// exchange makes a request of the connection itself, outside of any session.
func (l *line) exchange(request *frame, into []byte) (answer frame, err error) {
	if err := l.ask(request); err != nil {
		return answer, err
	}
	return l.await(time.Time{}, into)
}
