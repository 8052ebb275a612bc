package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// A Mailbox is a handle on a mailbox. Any number of processes and goroutines may
// send and receive; each message reaches exactly one receive. Messages keep
// their boundaries, and their order within a priority. A message lives in the
// broker until it is received, also after the end of its sender.
//
// This is indirect communication (Silberschatz, Galvin, Gagne, Operating System
// Concepts, 10th edition, 3.6.1): send(A, message) and receive(A, message).
type Mailbox struct {
	broker Broker
	name   string
	shape  Shape
	key    uint64

	mu       sync.Mutex
	idle     []*connection // attached, and not in use by an operation
	busy     []*connection
	detached bool

	receiving sync.Mutex // held during a receive, for AtLeastOnce
}

// Name is the name that the mailbox was opened by.
func (m *Mailbox) Name() string { return m.name }

// Shape is what the mailbox was created with.
func (m *Mailbox) Shape() Shape { return m.shape }

// Send gives the broker a copy of message with the lowest priority. It blocks
// while the mailbox is full; if the capacity is Rendezvous, until a receiver has
// taken the message. Errors: ErrFull, ErrTimeout, ErrClosed, ErrTooLarge,
// ErrInterrupted, ErrPeerDead. Only after the last, which then matches
// ErrInDoubt too, may the message have been accepted.
func (m *Mailbox) Send(message []byte, w Wait) error {
	return m.SendPriority(message, LowestPriority, w)
}

// SendPriority is Send with a priority from LowestPriority to HighestPriority.
// Messages of a higher priority are received first.
func (m *Mailbox) SendPriority(message []byte, priority int, w Wait) error {
	return m.fail("send", m.send(context.Background(), message, priority, w))
}

// SendContext is SendPriority until ctx ends: then it fails with ErrTimeout if a
// deadline has passed, otherwise with ErrInterrupted, and the message was not
// sent.
func (m *Mailbox) SendContext(ctx context.Context, message []byte, priority int) error {
	return m.fail("send", m.send(ctx, message, priority, Forever))
}

func (m *Mailbox) send(ctx context.Context, message []byte, priority int, w Wait) error {
	if priority < LowestPriority || priority > HighestPriority {
		return fmt.Errorf("%w: priority %d: want %d to %d", ErrInvalid, priority, LowestPriority, HighestPriority)
	}
	if len(message) > m.shape.MessageMax {
		return fmt.Errorf("%w: %d bytes, at most %d fit", ErrTooLarge, len(message), m.shape.MessageMax)
	}
	_, err := m.do(ctx, &frame{kind: requestSend, priority: uint32(priority), body: message}, w, nil)
	return err
}

// Receive copies the first message to into and returns its length in bytes. It
// blocks while the mailbox is empty. If into is too small it fails with
// ErrTooLarge and the message stays. Errors: ErrEmpty, ErrTimeout, ErrClosed
// (closed or deleted, and empty), ErrTooLarge, ErrInterrupted, ErrPermission
// (this process is not the owner), ErrPeerDead (the broker).
func (m *Mailbox) Receive(into []byte, w Wait) (int, error) {
	// bytes between len and cap belong to the caller
	answer, err := m.receive(context.Background(), w, into[:len(into):len(into)], uint32(min(len(into), math.MaxUint32)))
	return len(answer.body), m.fail("receive", err)
}

// ReceiveMessage is Receive with a new buffer of the message's size. It also
// returns the message's priority and sender.
func (m *Mailbox) ReceiveMessage(w Wait) (Message, error) {
	answer, err := m.receive(context.Background(), w, nil, math.MaxUint32)
	return answer.message(), m.fail("receive", err)
}

// ReceiveContext is ReceiveMessage until ctx ends: then it fails with ErrTimeout
// if a deadline has passed, otherwise with ErrInterrupted, and no message was
// taken.
func (m *Mailbox) ReceiveContext(ctx context.Context) (Message, error) {
	answer, err := m.receive(ctx, Forever, nil, math.MaxUint32)
	return answer.message(), m.fail("receive", err)
}

func (m *Mailbox) receive(ctx context.Context, w Wait, into []byte, room uint32) (frame, error) {
	if m.shape.Delivery == AtLeastOnce {
		m.receiving.Lock()
		defer m.receiving.Unlock()
	}
	answer, err := m.do(ctx, &frame{kind: requestReceive, room: room}, w, into)
	if err != nil {
		return frame{}, err
	}
	return answer, nil
}

func (f *frame) message() Message {
	return Message{Body: f.body, Priority: int(f.priority), Sender: f.sender()}
}

// Done acknowledges the message that this handle received last; the next receive
// does so too. It matters for AtLeastOnce only.
func (m *Mailbox) Done() error {
	if m.shape.Delivery != AtLeastOnce {
		return nil
	}
	m.receiving.Lock()
	defer m.receiving.Unlock()
	_, err := m.do(context.Background(), &frame{kind: requestDone}, Forever, nil)
	return m.fail("done", err)
}

// Close refuses further messages, from all senders. Blocked and later sends fail
// with ErrClosed; receivers get the messages that are left, and then ErrClosed.
// Closing again does nothing.
func (m *Mailbox) Close() error {
	_, err := m.do(context.Background(), &frame{kind: requestClose}, Forever, nil)
	return m.fail("close", err)
}

// HandOver makes another process the owner, which must have the mailbox open:
// "ownership and receiving privilege may be passed to other processes"
// (Silberschatz, Galvin, Gagne, 3.6.1). Errors: ErrInvalid (it has no owner),
// ErrPermission (this process is not the owner), ErrNotExist (that process does
// not have it open).
func (m *Mailbox) HandOver(pid int) error {
	_, err := m.do(context.Background(), &frame{kind: requestHandOver, pid: uint32(pid)}, Forever, nil)
	return m.fail("hand over", err)
}

// Cancel ends the operations that are blocked on this handle in other
// goroutines, with ErrInterrupted. An operation that the broker has already
// executed succeeds: each took effect wholly or not at all. Later operations are
// not affected.
func (m *Mailbox) Cancel() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var err error
	for _, conn := range m.busy {
		err = errors.Join(err, conn.withdrawLast())
	}
	return m.fail("cancel", err)
}

// Detach releases the handle and its descriptors. Operations blocked on it fail
// with ErrInvalid. The mailbox and its messages remain, except that a mailbox
// whose owner detaches is deleted. Detaching again does nothing.
func (m *Mailbox) Detach() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.detached = true
	for _, conn := range m.busy {
		conn.shutdown() // the goroutine that is blocked in it closes it
	}
	for _, conn := range m.idle {
		conn.bye()
	}
	m.idle = nil
	return nil
}

// errDetached: the handle was detached.
var errDetached = fmt.Errorf("%w: detached", ErrInvalid)

// do makes one request, on a connection that no other operation uses.
func (m *Mailbox) do(ctx context.Context, request *frame, w Wait, into []byte) (frame, error) {
	if err := contextError(ctx); err != nil {
		return frame{}, err
	}
	conn, err := m.take()
	if err != nil {
		return frame{}, err
	}
	answer, err := conn.call(ctx, request, w, into)
	broken := err != nil && (conn.remote == nil || errors.Is(err, ErrPeerDead))
	if detached := m.put(conn, broken); err != nil {
		if detached {
			err = errDetached
		}
		return frame{}, err
	}
	err = answer.refusal()
	if errors.Is(err, ErrInterrupted) {
		switch ended := contextError(ctx); {
		case conn.expired:
			err = ErrTimeout
		case ended != nil:
			err = ended
		}
	}
	return answer, err
}

// contextError is the reason for which ctx has ended, as an error of this
// package; nil if it has not ended.
func contextError(ctx context.Context) error {
	switch err := ctx.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	default:
		return fmt.Errorf("%w: %w", ErrInterrupted, err)
	}
}

// take returns a connection that no operation uses, a new one if necessary.
func (m *Mailbox) take() (*connection, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.detached {
		return nil, errDetached
	}
	var conn *connection
	if n := len(m.idle); n > 0 {
		conn, m.idle = m.idle[n-1], m.idle[:n-1]
	} else {
		var err error
		if conn, err = m.attach(); err != nil {
			return nil, err
		}
	}
	m.busy = append(m.busy, conn)
	return conn, nil
}

// attach makes another connection to this mailbox, whose name may have been
// deleted.
func (m *Mailbox) attach() (*connection, error) {
	request := &frame{kind: requestAttach, body: appendShape(nil, m.shape, m.key)}
	conn, _, err := m.broker.ask(request)
	if err == nil {
		return conn, nil
	}
	if conn != nil {
		conn.bye()
	}
	if errors.Is(err, ErrNotExist) {
		err = fmt.Errorf("%w: the broker of this mailbox has ended", ErrPeerDead)
	}
	return nil, err
}

// put returns a connection for reuse, or closes it if it is broken or the handle
// was detached meanwhile, which it reports.
func (m *Mailbox) put(conn *connection, broken bool) (detached bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.busy = slices.DeleteFunc(m.busy, func(b *connection) bool { return b == conn })
	switch {
	case broken || m.detached:
		conn.close()
		if broken && !m.detached {
			m.broker.removeStale()
		}
	default:
		m.idle = append(m.idle, conn)
	}
	return m.detached
}

func (m *Mailbox) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: op, Name: m.name, Err: err}
}
