package messagepassing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Link joins exactly two endpoints, each of which names the other: direct
// communication (Silberschatz, Galvin, Gagne, Operating System Concepts, 10th
// edition, 3.6.1: send(P, message), receive(Q, message)). Its two directions are
// independent; messages keep their boundaries and order. It buffers between some
// hundred kilobytes and some megabytes in each direction, as the system allows.
//
// After the peer's death, what it had sent can still be received; then
// operations fail with ErrPeerDead, or with ErrClosed if the peer closed the
// link.
type Link struct {
	local     string
	peer      string
	transport transport
	out, in   timedMutex // held while sending and while receiving

	piece int // guarded by out: maximum body of a record in bytes

	// Guarded by in:
	sender   Sender
	header   []byte
	spill    []byte // the part of a record that exceeds the caller's buffer
	part     []byte // the pieces received of a message
	whole    int    // its size in bytes
	stash    []byte // a complete message that was not received yet
	stashed  bool
	pack     []byte // the rest of a packed record
	packing  bool   // the last record was packed, so the next one probably is
	received error  // why nothing more will arrive

	mu     sync.Mutex
	scope  context.Context // ended by Cancel and Close
	cancel context.CancelFunc
	closed bool
}

func newLink(local, peer string, c transport) *Link {
	l := &Link{
		local: local, peer: peer, transport: c, out: newTimedMutex(), in: newTimedMutex(),
		piece: recordBody, header: make([]byte, recordHeader),
	}
	l.scope, l.cancel = context.WithCancel(context.Background())
	return l
}

// Peer is the name of the endpoint at the other end.
func (l *Link) Peer() string { return l.peer }

// Send sends message to the peer, and blocks while the link's buffer is full. A
// message of more than a megabyte is sent in pieces; if it exceeds the buffer,
// the peer has to receive meanwhile. Errors: ErrFull, ErrTimeout,
// ErrInterrupted, ErrPeerDead, ErrClosed, ErrTooLarge. After an error the peer
// does not receive the message.
func (l *Link) Send(message []byte, w Wait) error {
	return l.fail("send to", l.send(context.Background(), message, w))
}

// SendContext is Send until ctx ends, as for a [Mailbox].
func (l *Link) SendContext(ctx context.Context, message []byte) error {
	return l.fail("send to", l.send(ctx, message, Forever))
}

func (l *Link) send(ctx context.Context, message []byte, w Wait) error {
	if len(message) > MessageMaxLimit {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(message), MessageMaxLimit)
	}
	return l.transmit(ctx, recordWhole, message, w)
}

// transmit sends one record, or a message in several. The receiver discards an
// unfinished message when another one begins, so giving up needs no notice.
func (l *Link) transmit(ctx context.Context, kind recordKind, body []byte, w Wait) error {
	scope, err := l.begin(ctx)
	if err != nil {
		return err
	}
	deadline := w.deadline()
	if err := l.out.lock(ctx, scope, w, deadline, ErrFull); err != nil {
		return err
	}
	defer l.out.unlock()
	if l.isClosed() {
		return errDetached
	}
	const smallest = 16 << 10
	var header [recordHeader]byte
	for {
		err := l.pieces(ctx, scope, header[:], kind, body, w, deadline)
		if !errors.Is(err, errSmaller) {
			return err
		}
		if l.piece <= smallest || kind == recordPack && len(body) <= l.piece/2 {
			return fmt.Errorf("%w: the system takes no record of %d bytes", ErrNoSpace, l.piece)
		}
		l.piece /= 2
	}
}

func (l *Link) pieces(ctx, scope context.Context, header []byte, kind recordKind, body []byte, w Wait, deadline time.Time) error {
	if len(body) <= l.piece || kind == recordPack {
		putRecordHeader(header, kind, len(body))
		return l.transport.send(ctx, scope, header, body, w, deadline)
	}
	kind = recordFirst
	for size := len(body); len(body) > 0; kind = recordMore {
		n := min(l.piece, len(body))
		putRecordHeader(header, kind, size)
		if err := l.transport.send(ctx, scope, header, body[:n], w, deadline); err != nil {
			return err
		}
		body = body[n:]
	}
	return nil
}

// Receive copies the peer's next message to into and returns its length in
// bytes. If into is too small it fails with ErrTooLarge and the message stays.
// Errors: ErrEmpty, ErrTimeout, ErrInterrupted, ErrTooLarge; ErrClosed or
// ErrPeerDead once everything that the peer sent was received.
func (l *Link) Receive(into []byte, w Wait) (int, error) {
	into = into[:len(into):len(into)]
	body, err := l.receive(context.Background(), into, w, func(b []byte) ([]byte, error) {
		if len(b) > len(into) {
			return nil, fmt.Errorf("%w: the next message has %d bytes and the buffer %d; it stays in the link", ErrTooLarge, len(b), len(into))
		}
		return into[:copy(into, b)], nil
	})
	return len(body), l.fail("receive from", err)
}

// ReceiveMessage is Receive with a new buffer of the message's size.
func (l *Link) ReceiveMessage(w Wait) (Message, error) {
	return l.message(context.Background(), w)
}

// ReceiveContext is ReceiveMessage until ctx ends, as for a [Mailbox].
func (l *Link) ReceiveContext(ctx context.Context) (Message, error) {
	return l.message(ctx, Forever)
}

func (l *Link) message(ctx context.Context, w Wait) (Message, error) {
	var m Message
	_, err := l.receive(ctx, nil, w, func(b []byte) ([]byte, error) {
		m.Sender = l.sender
		m.Body = append(make([]byte, 0, len(b)), b...)
		return m.Body, nil
	})
	return m, l.fail("receive from", err)
}

// Cancel ends the operations that are blocked on this link in other goroutines,
// with ErrInterrupted. Each took effect wholly or not at all.
func (l *Link) Cancel() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cancel()
	if !l.closed {
		l.scope, l.cancel = context.WithCancel(context.Background())
	}
	return nil
}

// Close ends the link. The peer receives what was sent, and then ErrClosed (or
// ErrPeerDead if the buffer had no room for the notice). What the peer sent and
// was not received yet is lost. Blocked operations fail with ErrInterrupted.
func (l *Link) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.cancel()
	l.mu.Unlock()

	l.out <- struct{}{} // operations that were blocked have returned
	l.in <- struct{}{}
	var bye [recordHeader]byte
	putRecordHeader(bye[:], recordBye, 0)
	_ = l.transport.send(context.Background(), context.Background(), bye[:], nil, Never, time.Time{})
	l.transport.close()
	l.out.unlock()
	l.in.unlock()
	return nil
}

func (l *Link) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// begin returns the scope of an operation, which Cancel ends; an error if ctx
// has ended already.
func (l *Link) begin(ctx context.Context) (scope context.Context, err error) {
	if err := contextError(ctx); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.scope, nil
}

func (l *Link) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: l.local + ": " + op, Name: l.peer, Err: err}
}

// receive waits for the next message and passes it to take; if take refuses, the
// message stays. Where possible the message is received directly into into.
func (l *Link) receive(ctx context.Context, into []byte, w Wait, take func([]byte) ([]byte, error)) ([]byte, error) {
	scope, err := l.begin(ctx)
	if err != nil {
		return nil, err
	}
	deadline := w.deadline()
	if err := l.in.lock(ctx, scope, w, deadline, ErrEmpty); err != nil {
		return nil, err
	}
	defer l.in.unlock()
	if l.isClosed() {
		return nil, errDetached
	}
	for {
		if b, ok, err := l.next(); err != nil {
			return nil, err
		} else if ok {
			taken, err := take(b)
			if err == nil {
				l.drop()
			}
			return taken, err
		}
		direct, err := l.fetch(ctx, scope, into, w, deadline)
		if direct != nil || err != nil {
			return direct, err
		}
	}
}

// next returns the first message that has arrived, without removing it.
func (l *Link) next() (b []byte, ok bool, err error) {
	switch {
	case l.stashed:
		return l.stash, true, nil
	case len(l.pack) > 0:
		b, _, err = unpack(l.pack)
		return b, err == nil, err
	}
	return nil, false, l.received
}

// drop removes the message that next returned.
func (l *Link) drop() {
	if l.stashed {
		l.stash, l.stashed = nil, false
		return
	}
	_, l.pack, _ = unpack(l.pack)
}

// fetch receives one record. A whole message that fits into into is returned;
// anything else is kept for next.
func (l *Link) fetch(ctx, scope context.Context, into []byte, w Wait, deadline time.Time) (direct []byte, err error) {
	if l.spill == nil {
		l.spill = make([]byte, recordBody)
	}
	if l.packing {
		into = nil // keep packed records contiguous
	}
	buffers := [...][]byte{l.header, into, l.spill}
	n, err := l.transport.receive(ctx, scope, buffers[:], w, deadline)
	if errors.Is(err, ErrPeerDead) || errors.Is(err, ErrClosed) {
		l.received = err
	}
	if err != nil {
		return nil, err
	}
	kind, size := parseRecordHeader(l.header)
	n -= recordHeader
	here := into[:max(0, min(n, len(into)))]
	rest := l.spill[:max(0, n-len(here))]
	l.packing = kind == recordPack
	if kind != recordMore {
		l.part = nil // the sender gave up the unfinished message
	}
	switch {
	case n < 0 || size > MessageMaxLimit:
	case kind == recordWhole && len(rest) == 0 && into != nil:
		return here, nil
	case kind == recordWhole:
		l.stash, l.stashed = concat(here, rest, n), true
		return nil, nil
	case kind == recordPack:
		l.pack = concat(here, rest, n)
		return nil, nil
	case kind == recordFirst:
		l.part, l.whole = concat(here, rest, size), size
		return nil, nil
	case kind == recordMore:
		if l.part == nil {
			break
		}
		if l.part = append(append(l.part, here...), rest...); len(l.part) >= l.whole {
			l.stash, l.stashed, l.part = l.part, true, nil
		}
		return nil, nil
	case kind == recordHello:
		if l.sender.Name == "" { // only the first one: the broker sent it before the peer had this link
			l.sender, err = parseHello(concat(here, rest, n))
		}
		return nil, err
	case kind == recordBye:
		l.received = fmt.Errorf("%w by the peer", ErrClosed)
		return nil, l.received
	}
	l.received = fmt.Errorf("%w: the peer sent an invalid record", ErrIO)
	return nil, l.received
}

// concat joins the two parts of a record. A record that lies in spill alone is
// not copied; it is used up before the next record is fetched.
func concat(here, rest []byte, size int) []byte {
	if len(here) == 0 && size == len(rest) {
		return rest
	}
	return append(append(make([]byte, 0, size), here...), rest...)
}
