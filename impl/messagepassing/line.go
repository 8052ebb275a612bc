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

// A line is one connection to the post office. It carries one request at a
// time, and whoever waits for the answer sleeps in the kernel: no goroutine
// stands by, none is left over.
//
// A time limit and a cancellation are settled by the office. The caller does not
// walk away from its request; it asks the office to withdraw it, and the answer
// says which came first. So the request took effect wholly or not at all.
type line struct {
	fd      int
	buffer  []byte // headers and small bodies
	expired bool   // the request under way was withdrawn because its time was up

	far    *far      // what a line to another host needs besides; nil on this one
	giveUp time.Time // far: when the request under way is abandoned; zero for never

	writing   sync.Mutex // request and withdrawal come from different goroutines
	number    uint32     // of the request under way
	withdrawn time.Time  // when it was withdrawn
	closed    bool       // no descriptor
	ended     bool       // hung up: not to be mended
}

// lineBuffer holds a header, the longest name and a small message, so that most
// answers take one read.
const lineBuffer = 4096

func newLine(fd int) *line { return &line{fd: fd, buffer: make([]byte, 0, lineBuffer)} }

// close gives up the descriptor.
func (l *line) close() {
	l.writing.Lock()
	defer l.writing.Unlock()
	if !l.closed {
		l.closed = true
		_ = unix.Close(l.fd)
	}
}

// hangUp ends the line while another goroutine may be asleep in it.
func (l *line) hangUp() {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.ended = true
	if !l.closed {
		_ = unix.Shutdown(l.fd, unix.SHUT_RDWR)
	}
}

// bye detaches in order and closes the line.
func (l *line) bye() {
	w := Forever
	if l.far != nil {
		w = Wait(farGrace)
	}
	_, _ = l.call(context.Background(), &frame{kind: requestBye}, w, nil)
	l.close()
}

// call makes a request and waits for its answer; it fills in the number. The
// body of the answer is put into into where it fits; otherwise it is a new slice.
// An error of its own means that the line is lost, and matches ErrPeerDead.
func (l *line) call(ctx context.Context, request *frame, w Wait, into []byte) (answer frame, err error) {
	if w == Never {
		request.flags |= flagNever
	}
	l.begin(request)
	if l.far != nil {
		return l.callFar(ctx, request, w, into)
	}
	if err := l.ask(request); err != nil {
		return answer, err
	}
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { _ = l.withdraw(request.number) })()
	}
	if answer, err = l.await(w.deadline(), into); err != nil {
		err = fmt.Errorf("%w: %w", ErrInDoubt, err)
	}
	return answer, err
}

// begin numbers a request.
func (l *line) begin(request *frame) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.number++
	request.number = l.number
	l.expired, l.withdrawn = false, time.Time{}
}

// ask sends the request.
func (l *line) ask(request *frame) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.write(request)
}

// withdraw asks the office to give up a request, if it still waits.
func (l *line) withdraw(number uint32) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if number != l.number {
		return nil
	}
	l.withdrawn = time.Now()
	if l.closed {
		return nil
	}
	return l.write(&frame{kind: requestCancel, number: number})
}

// withdrawLast withdraws whatever request is under way.
func (l *line) withdrawLast() error {
	l.writing.Lock()
	number := l.number
	l.writing.Unlock()
	return l.withdraw(number)
}

// write sends a whole frame. MSG_NOSIGNAL: a vanished office is an error, not a
// death by SIGPIPE (send, POSIX.1-2024).
func (l *line) write(f *frame) error {
	header := f.appendHeader(make([]byte, 0, bodyStart(len(f.name))))
	parts := [][]byte{header, f.body}
	flags := unix.MSG_NOSIGNAL
	if l.far != nil {
		flags |= unix.MSG_DONTWAIT
	}
	for len(parts) > 0 {
		n, err := unix.SendmsgBuffers(l.fd, parts, nil, nil, flags)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			if err := l.farReady(unix.POLLOUT); err != nil {
				return err
			}
		case err != nil:
			return lost("send to the post office", err)
		default:
			parts = advance(parts, n)
		}
	}
	return nil
}

// advance drops the first n bytes, and the parts that are empty then.
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

// await reads the answer. When the deadline passes first it withdraws the
// request once and goes on waiting: the office answers at once then.
func (l *line) await(deadline time.Time, into []byte) (answer frame, err error) {
	have := l.buffer[:0]
	more := func(want int) error {
		for len(have) < want {
			n, err := l.read(have[len(have):cap(have)], &deadline)
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
		n, err := l.read(answer.body[done:], &deadline)
		if err != nil {
			return answer, err
		}
		done += n
	}
	return answer, nil
}

// read reads some bytes, and withdraws the request when the deadline passes.
func (l *line) read(into []byte, deadline *time.Time) (int, error) {
	for {
		if err := l.ready(deadline); err != nil {
			return 0, err
		}
		n, err := unix.Read(l.fd, into)
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

// ready waits for something to read where there is a limit; otherwise the read
// itself does.
func (l *line) ready(deadline *time.Time) error {
	for !deadline.IsZero() || l.far != nil {
		timeout := pollMillis(*deadline)
		if l.far != nil && (timeout < 0 || timeout > farSlice) {
			timeout = farSlice
		}
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}, timeout)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return lost("wait for the post office", err)
		}
		if ready > 0 {
			return nil
		}
		if !deadline.IsZero() && !time.Now().Before(*deadline) {
			*deadline, l.expired = time.Time{}, true
			if err := l.withdrawLast(); err != nil {
				return err
			}
		}
		if err := l.abandoned(); err != nil {
			return err
		}
	}
	return nil
}

// lost says that the line is gone and the request's outcome with it.
func lost(doing string, err error) error {
	return fmt.Errorf("%w: the post office is gone, and its mailboxes with it; create them anew: %s: %w", ErrPeerDead, doing, err)
}
