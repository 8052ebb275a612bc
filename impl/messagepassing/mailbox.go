package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// A Mailbox is one process's handle on a mailbox. Any number of processes and
// goroutines may send and receive; each message reaches exactly one receive.
// Messages keep their boundaries, and their order within a priority. A message
// lives in the broker until it is received, whatever becomes of its sender.
//
// This is indirect communication (Silberschatz, Galvin, Gagne, Operating System
// Concepts, 10th edition, 3.6.1): send(A, message) and receive(A, message).
type Mailbox struct {
	broker Broker
	name   string
	shape  Shape
	key    uint64

	mu       sync.Mutex
	idle     []*connection // attached, and free for the next operation
	busy     []*connection
	detached bool

	receiving sync.Mutex // at-least-once: a handle is one receiver
}

// Name is the name it was opened by, Shape what it was created with.
func (m *Mailbox) Name() string { return m.name }

// Shape is what the mailbox was created with.
func (m *Mailbox) Shape() Shape { return m.shape }

// Send gives the broker a copy of message with the lowest priority. It blocks
// while the mailbox is full; where the capacity is Rendezvous, until a receiver
// has taken the message. Errors: ErrFull, ErrTimeout, ErrClosed, ErrTooLarge,
// ErrInterrupted, ErrPeerDead; only after the last may the message have been
// accepted, and it matches ErrInDoubt then.
func (m *Mailbox) Send(message []byte, w Wait) error {
	return m.SendPriority(message, LowestPriority, w)
}

// SendPriority is Send with a priority from LowestPriority to HighestPriority.
// Messages of a higher priority are received first.
func (m *Mailbox) SendPriority(message []byte, priority int, w Wait) error {
	return m.fail("send", m.send(context.Background(), message, priority, w))
}

// SendContext is SendPriority that also ends when ctx does: with ErrTimeout
// where a deadline has passed, otherwise with ErrInterrupted. The message was
// then not sent.
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

// Receive copies the first message to into and returns its length. It blocks
// while the mailbox is empty. If into is too small it fails with ErrTooLarge and
// the message stays. Errors: ErrEmpty, ErrTimeout, ErrClosed (closed or deleted,
// and nothing is left), ErrTooLarge, ErrInterrupted, ErrPermission (not the
// owner), ErrPeerDead.
func (m *Mailbox) Receive(into []byte, w Wait) (int, error) {
	// cap beyond len must not be written to
	answer, err := m.receive(context.Background(), w, into[:len(into):len(into)], uint32(min(len(into), math.MaxUint32)))
	return len(answer.body), m.fail("receive", err)
}

// ReceiveMessage is Receive that makes room for a message of any size, and says
// its priority and who sent it.
func (m *Mailbox) ReceiveMessage(w Wait) (Message, error) {
	answer, err := m.receive(context.Background(), w, nil, math.MaxUint32)
	return answer.message(), m.fail("receive", err)
}

// ReceiveContext is ReceiveMessage that ends when ctx does: with ErrTimeout
// where a deadline has passed, otherwise with ErrInterrupted. No message was then
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

// Done says that the message this handle received last has been dealt with. It
// matters for AtLeastOnce; the next receive says the same.
func (m *Mailbox) Done() error {
	if m.shape.Delivery != AtLeastOnce {
		return nil
	}
	m.receiving.Lock()
	defer m.receiving.Unlock()
	_, err := m.do(context.Background(), &frame{kind: requestDone}, Forever, nil)
	return m.fail("done", err)
}

// Close lets no more messages in, for everyone. Senders are refused with
// ErrClosed, those who are blocked included; receivers get what is left, and then
// ErrClosed. Closing again does nothing.
func (m *Mailbox) Close() error {
	_, err := m.do(context.Background(), &frame{kind: requestClose}, Forever, nil)
	return m.fail("close", err)
}

// HandOver makes another process the owner, which must have the mailbox open:
// "ownership and receiving privilege may be passed to other processes"
// (Silberschatz, 3.6.1). Errors: ErrInvalid (it has no owner), ErrPermission
// (this process is not the owner), ErrNotExist (that process does not have it
// open).
func (m *Mailbox) HandOver(pid int) error {
	_, err := m.do(context.Background(), &frame{kind: requestHandOver, pid: uint32(pid)}, Forever, nil)
	return m.fail("hand over", err)
}

// Cancel ends the operations that are blocked on this handle in other
// goroutines, with ErrInterrupted. An operation that the broker has already done
// succeeds: each took effect wholly or not at all. Later ones are not affected.
func (m *Mailbox) Cancel() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var err error
	for _, conn := range m.busy {
		err = errors.Join(err, conn.withdrawLast())
	}
	return m.fail("cancel", err)
}

// Detach gives up the handle and its descriptors. Operations blocked on it fail
// with ErrInvalid. The mailbox and its messages stay, except that a mailbox whose
// owner detaches is deleted. Detaching again does nothing.
func (m *Mailbox) Detach() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.detached = true
	for _, conn := range m.busy {
		conn.shutdown() // whoever is asleep in it closes it
	}
	for _, conn := range m.idle {
		conn.bye()
	}
	m.idle = nil
	return nil
}

// errDetached: the handle was given up.
var errDetached = fmt.Errorf("%w: detached", ErrInvalid)

// do makes one request on a line of its own.
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

// contextError is why ctx has ended, in this package's terms; nil if it has not.
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

// take gives a line that nobody else uses, a new one if need be.
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

// attach makes another line to this mailbox, whose name may be gone already.
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
		err = fmt.Errorf("%w: the broker that held it has ended", ErrPeerDead)
	}
	return nil, err
}

// put gives a line back, or closes it where it is lost or nobody wants it any
// more. It reports whether the handle was detached meanwhile.
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
