package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A connection is one client connection to the broker. It carries one request at
// a time. The caller waits for the answer in the kernel, without a goroutine
// that reads for it.
//
// Time limits and cancellations are settled by the broker. The caller never
// abandons its request; it asks the broker to withdraw it, and the answer says
// which came first. The request therefore took effect wholly or not at all.
type connection struct {
	fd      int
	buffer  []byte // receives headers and small bodies
	expired bool   // the current request was withdrawn because its time limit passed

	remote    *remote   // state of a connection to another host; nil for this one
	abandonAt time.Time // remote only: when the current request is abandoned; zero for never

	writing   sync.Mutex // a request and its withdrawal are written by different goroutines
	number    uint32     // of the current request
	withdrawn time.Time  // when it was withdrawn
	closed    bool       // the descriptor is closed
	detached  bool       // shut down on purpose: not to be re-established
}

// connectionBuffer has room for a header, the longest name and a small message,
// so that most answers take one read.
const connectionBuffer = 4096

func newConnection(fd int) *connection {
	return &connection{fd: fd, buffer: make([]byte, 0, connectionBuffer)}
}

// close closes the descriptor.
func (conn *connection) close() {
	conn.writing.Lock()
	defer conn.writing.Unlock()
	if !conn.closed {
		conn.closed = true
		_ = unix.Close(conn.fd)
	}
}

// shutdown ends the connection while another goroutine may be blocked in it.
func (conn *connection) shutdown() {
	conn.writing.Lock()
	defer conn.writing.Unlock()
	conn.detached = true
	if !conn.closed {
		_ = unix.Shutdown(conn.fd, unix.SHUT_RDWR)
	}
}

// bye detaches in order and closes the connection.
func (conn *connection) bye() {
	w := Forever
	if conn.remote != nil {
		w = Wait(remoteGrace)
	}
	_, _ = conn.call(context.Background(), &frame{kind: requestBye}, w, nil)
	conn.close()
}

// call makes a request and returns its answer; it fills in the number. The body
// of the answer is stored in into if it fits, otherwise in a new slice. An error
// means that the connection is lost, and matches ErrPeerDead; a refusal is part
// of the answer.
func (conn *connection) call(ctx context.Context, request *frame, w Wait, into []byte) (answer frame, err error) {
	if w == Never {
		request.flags |= flagNever
	}
	conn.begin(request)
	if conn.remote != nil {
		return conn.callRemote(ctx, request, w, into)
	}
	if err := conn.ask(request); err != nil {
		return answer, err
	}
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { _ = conn.withdraw(request.number) })()
	}
	if answer, err = conn.readAnswer(w.deadline(), into); err != nil {
		err = fmt.Errorf("%w: %w", ErrInDoubt, err)
	}
	return answer, err
}

// begin numbers a request.
func (conn *connection) begin(request *frame) {
	conn.writing.Lock()
	defer conn.writing.Unlock()
	conn.number++
	request.number = conn.number
	conn.expired, conn.withdrawn = false, time.Time{}
}

// ask sends the request.
func (conn *connection) ask(request *frame) error {
	conn.writing.Lock()
	defer conn.writing.Unlock()
	return conn.write(request)
}

// withdraw asks the broker to give up a request if it still waits.
func (conn *connection) withdraw(number uint32) error {
	conn.writing.Lock()
	defer conn.writing.Unlock()
	if number != conn.number {
		return nil
	}
	conn.withdrawn = time.Now()
	if conn.closed {
		return nil
	}
	return conn.write(&frame{kind: requestCancel, number: number})
}

// withdrawLast withdraws the current request, whatever its number.
func (conn *connection) withdrawLast() error {
	conn.writing.Lock()
	number := conn.number
	conn.writing.Unlock()
	return conn.withdraw(number)
}

// write sends a whole frame. MSG_NOSIGNAL: a broker that is gone is an error,
// not a death by SIGPIPE (send, POSIX.1-2024).
func (conn *connection) write(f *frame) error {
	header := f.appendHeader(make([]byte, 0, bodyStart(len(f.name))))
	parts := [][]byte{header, f.body}
	flags := unix.MSG_NOSIGNAL
	if conn.remote != nil {
		flags |= unix.MSG_DONTWAIT
	}
	for len(parts) > 0 {
		n, err := unix.SendmsgBuffers(conn.fd, parts, nil, nil, flags)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			if err := conn.waitReady(unix.POLLOUT); err != nil {
				return err
			}
		case err != nil:
			return lost("send to the broker", err)
		default:
			parts = advance(parts, n)
		}
	}
	return nil
}

// advance drops the first n bytes, and the parts that become empty.
func advance(parts [][]byte, n int) [][]byte {
	for len(parts) > 0 && n >= len(parts[0]) {
		n -= len(parts[0])
		parts = parts[1:]
	}
	if len(parts) > 0 {
		parts[0] = parts[0][n:]
	}
	return parts
}

// readAnswer reads the answer. If the deadline passes first, it withdraws the
// request once and goes on waiting: the broker answers a withdrawal at once.
func (conn *connection) readAnswer(deadline time.Time, into []byte) (answer frame, err error) {
	have := conn.buffer[:0]
	more := func(want int) error {
		for len(have) < want {
			n, err := conn.read(have[len(have):cap(have)], &deadline)
			if err != nil {
				return err
			}
			have = have[:len(have)+n]
		}
		return nil
	}
	if err := more(headerSize); err != nil {
		return answer, err
	}
	nameLength, size := answer.parseHeader(have)
	if nameLength > frameNameMax || size > MessageMaxLimit {
		return answer, lost("read the answer", fmt.Errorf("a header that announces %d and %d bytes", nameLength, size))
	}
	if err := more(bodyStart(nameLength)); err != nil {
		return answer, err
	}
	answer.name = string(have[headerSize : headerSize+nameLength])
	if size <= cap(into) {
		answer.body = into[:size]
	} else {
		answer.body = make([]byte, size)
	}
	done := copy(answer.body, have[bodyStart(nameLength):])
	for done < size {
		n, err := conn.read(answer.body[done:], &deadline)
		if err != nil {
			return answer, err
		}
		done += n
	}
	return answer, nil
}

// read reads some bytes, and withdraws the request when the deadline passes.
func (conn *connection) read(into []byte, deadline *time.Time) (int, error) {
	for {
		if err := conn.ready(deadline); err != nil {
			return 0, err
		}
		n, err := unix.Read(conn.fd, into)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		case err != nil:
			return 0, lost("read the answer", err)
		case n == 0:
			return 0, lost("read the answer", io.ErrUnexpectedEOF)
		default:
			return n, nil
		}
	}
}

// ready waits until there is something to read, if there is a limit; otherwise
// the read itself waits.
func (conn *connection) ready(deadline *time.Time) error {
	for !deadline.IsZero() || conn.remote != nil {
		timeout := pollMillis(*deadline)
		if conn.remote != nil && (timeout < 0 || timeout > remoteSlice) {
			timeout = remoteSlice
		}
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(conn.fd), Events: unix.POLLIN}}, timeout)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return lost("wait for the broker", err)
		}
		if ready > 0 {
			return nil
		}
		if !deadline.IsZero() && !time.Now().Before(*deadline) {
			*deadline, conn.expired = time.Time{}, true
			if err := conn.withdrawLast(); err != nil {
				return err
			}
		}
		if err := conn.abandoned(); err != nil {
			return err
		}
	}
	return nil
}

// lost is the error of a lost connection, after which the outcome of the request
// is unknown.
func lost(doing string, err error) error {
	return fmt.Errorf("%w: the broker has ended and its mailboxes are gone; create them anew: %s: %w", ErrPeerDead, doing, err)
}
