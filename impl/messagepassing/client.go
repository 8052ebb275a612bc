package messagepassing

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A client is the broker's end of a connection. It is attached to one mailbox at
// most.
type client struct {
	server *server
	fd     int
	credentials

	decoder decoder
	box     *box
	waiting *request // the send or receive that has no answer yet
	number  uint32   // of the request being handled; the answer repeats it
	busy    bool     // a request has no answer yet: another one is an error of the client

	member *member // that this connection belongs to
	second bool    // carries the ends of links, not requests

	held    *message // at-least-once: delivered to the client and not acknowledged
	heldBox *box

	exposed *tcpListener // set if this client exposes the broker
	session *session     // set if this client is on another host
	clean   bool         // the connection was closed in order, not reset

	out        [][]byte // not written yet, for lack of room in the socket
	wantsWrite bool     // EPOLLOUT is requested
	closing    bool     // close once out is written
	dead       bool     // to be closed by closeDropped
}

// errProtocol: the client does not speak this protocol; its connection is
// closed.
var errProtocol = errors.New("not the protocol of this broker")

// handle executes one request. An error closes the connection.
func (c *client) handle(f *frame) error {
	if c.session != nil && !c.busy && f.kind != requestCancel {
		before := c.number
		c.number = f.number
		if handled, err := c.authenticate(f); handled {
			return err
		}
		c.number = before
	}
	if f.kind == requestCancel {
		switch r := c.waiting; {
		case c.number != f.number:
		case r != nil:
			r.waits.withdraw(r, ErrInterrupted)
		case c.member != nil && c.member.watching == c:
			c.member.watching = nil
			c.answer(nil, ErrInterrupted)
		}
		return nil
	}
	if f.kind == requestReady {
		if c.member == nil || !c.second || c.member.incoming != nil {
			return fmt.Errorf("%w: ready request on a connection that carries no links", errProtocol)
		}
		c.member.incoming = c
		c.member.deliver()
		return nil
	}
	if c.busy {
		return fmt.Errorf("%w: a request before the previous answer", errProtocol)
	}
	c.number, c.busy = f.number, true
	never := f.flags&flagNever != 0
	switch f.kind {
	case requestCreate, requestOpen, requestAttach:
		c.answer(c.enter(f))
	case requestExpose:
		if c.exposed != nil {
			return fmt.Errorf("%w: exposed twice", errProtocol)
		}
		c.exposed = &tcpListener{fd: -1, key: f.body}
		c.answer(nil, nil)
	case requestJoin, requestIncoming:
		c.answer(c.register(f))
	case requestLink:
		if c.member == nil {
			return fmt.Errorf("%w: link request without an endpoint", errProtocol)
		}
		c.answer(nil, c.server.registry.link(c.member, f.name, f.room))
	case requestWatch, requestRelease:
		if c.member == nil {
			return fmt.Errorf("%w: watch request without an endpoint", errProtocol)
		}
		if f.kind == requestWatch {
			c.member.watch(c, int(f.room), never)
			break
		}
		c.server.registry.release(c.member, f.body)
		c.answer(nil, nil)
	case requestUnlink:
		c.answer(nil, c.server.unlink(f.name))
	case requestBye:
		c.bye()
	case requestSend, requestReceive, requestDone, requestClose, requestHandOver:
		if c.box == nil {
			return fmt.Errorf("%w: request %d without a mailbox", errProtocol, f.kind)
		}
		switch f.kind {
		case requestSend:
			if f.priority > HighestPriority {
				return fmt.Errorf("%w: priority %d", errProtocol, f.priority)
			}
			m := &message{body: f.body, priority: f.priority, from: c.signature()}
			r := &request{from: c, message: m}
			c.waiting = r
			c.box.send(r, never)
		case requestReceive:
			c.releaseHeld()
			r := &request{from: c, room: int(f.room)}
			c.waiting = r
			c.box.receive(r, never)
		case requestDone:
			c.releaseHeld()
			c.answer(nil, nil)
		case requestClose:
			c.box.end(ErrClosed)
			c.answer(nil, nil)
		case requestHandOver:
			c.answer(nil, c.box.handOver(c.pid, f.pid))
		}
	default:
		return fmt.Errorf("%w: request %d", errProtocol, f.kind)
	}
	return nil
}

// enter creates or opens a mailbox and attaches the client to it.
func (c *client) enter(f *frame) (body []byte, err error) {
	if c.box != nil {
		return nil, fmt.Errorf("%w: this connection is attached to a mailbox already", ErrInvalid)
	}
	var b *box
	switch f.kind {
	case requestOpen:
		b, err = c.server.find(f.name)
	default:
		shape, key, bad := parseShape(f.body)
		if bad != nil {
			return nil, bad
		}
		if f.kind == requestAttach {
			b, err = c.server.findKey(key)
		} else {
			b, err = c.server.create(f.name, shape, c.pid)
		}
	}
	if err != nil {
		return nil, err
	}
	b.attach(c.pid)
	c.box = b
	c.decoder.bodyMax = b.shape.MessageMax
	return appendShape(nil, b.shape, b.key), nil
}

// register makes this connection an endpoint's first or second one.
func (c *client) register(f *frame) (body []byte, err error) {
	if c.member != nil || c.box != nil {
		return nil, fmt.Errorf("%w: this connection is in use", ErrInvalid)
	}
	if f.kind == requestJoin {
		if c.member, err = c.server.registry.join(f.name, c.credentials); err != nil {
			return nil, err
		}
		return binary.LittleEndian.AppendUint64(nil, c.member.key), nil
	}
	if len(f.body) != 8 {
		return nil, fmt.Errorf("%w: a key of %d bytes", ErrInvalid, len(f.body))
	}
	m := c.server.registry.byKey[binary.LittleEndian.Uint64(f.body)]
	if m == nil || m.pid != c.pid {
		return nil, fmt.Errorf("%w: this process has no such endpoint", ErrNotExist)
	}
	c.member, c.second = m, true
	return nil, nil
}

// signature is the sender that messages of this client bear.
func (c *client) signature() credentials {
	from := c.credentials
	if m := c.server.registry.byPID[c.pid]; m != nil {
		from.name = m.name
	}
	return from
}

// releaseHeld forgets the message that the client has acknowledged.
func (c *client) releaseHeld() { c.held, c.heldBox = nil, nil }

// bye detaches in order. If no client and no mailbox remain, the broker removes
// its files before it answers: once Detach or Unlink has returned, nothing is
// left behind.
func (c *client) bye() {
	c.releaseHeld()
	c.leave()
	c.closing = true
	delete(c.server.clients, c.fd)
	if c.server.idle() {
		c.server.retire()
	}
	c.server.clients[c.fd] = c
	c.answer(nil, nil)
}

// leave detaches from the mailbox, possibly on behalf of a dead process: its
// waiting request is withdrawn, and the message that it held goes back.
func (c *client) leave() {
	if c.exposed != nil {
		c.server.closeListener(c.exposed)
	}
	if m := c.member; m != nil {
		c.member = nil
		if !c.second {
			c.server.registry.leave(m)
		} else if m.incoming == c {
			m.incoming = nil
		}
		if m.watching == c {
			m.watching = nil
		}
	}
	b := c.box
	if b == nil {
		return
	}
	c.box = nil
	if c.waiting != nil {
		c.waiting.waits.withdraw(c.waiting, nil)
		c.waiting = nil
	}
	if c.held != nil {
		c.heldBox.giveBack(c.held)
		c.releaseHeld()
	}
	if b.detach(c.pid) {
		c.server.remove(b, fmt.Errorf("%w: deleted, since its owner has ended", ErrClosed))
	}
	c.server.tidy(b)
}

// accept answers a send.
func (r *request) accept() { r.done(nil) }

// refuse answers with an error.
func (r *request) refuse(why error, detail string) {
	if detail != "" {
		why = fmt.Errorf("%w: %s", why, detail)
	}
	r.done(why)
}

func (r *request) done(err error) {
	r.waits = nil
	r.from.waiting = nil
	r.from.answer(nil, err)
}

// deliver answers a receive with a message. It returns false if the receiver's
// process is known to be dead: the message is then still the mailbox's.
func (r *request) deliver(b *box, m *message) bool {
	c := r.from
	r.waits = nil
	c.waiting = nil
	c.busy = false
	c.reply(m.frame(c.number))
	if c.dead {
		if c.session != nil {
			c.session.last = nil
		}
		return false
	}
	if c.session != nil {
		c.session.given, c.session.givenBox = m, b
	}
	if b.shape.Delivery == AtLeastOnce {
		c.held, c.heldBox = m, b
	}
	return true
}

// answer answers the request being handled, with an error or a body.
func (c *client) answer(body []byte, err error) {
	c.busy = false
	f := &frame{number: c.number, kind: refusalCode(err), body: body}
	if err != nil {
		f.body = []byte(err.Error())
	}
	c.reply(f)
}

// frame is the answer that delivers a message.
func (m *message) frame(number uint32) *frame {
	f := &frame{
		number: number, priority: m.priority,
		pid: m.from.pid, uid: m.from.uid, gid: m.from.gid, name: m.from.name, body: m.body,
	}
	if m.from.host != "" {
		f.pid, f.name = 0, m.from.name+hostMark+m.from.host
	}
	return f
}

// reply sends an answer, and keeps it for a client whose connection may be cut.
func (c *client) reply(f *frame) {
	if c.session != nil && !c.dead {
		c.session.last, c.session.given, c.session.givenBox = f, nil, nil
	}
	c.send(f)
}

// send writes a frame, or queues the part that the socket has no room for.
func (c *client) send(f *frame) {
	if c.dead {
		return
	}
	header := f.appendHeader(make([]byte, 0, bodyStart(len(f.name))))
	c.out = append(c.out, header)
	if len(f.body) > 0 {
		c.out = append(c.out, f.body)
	}
	c.flush()
}

// flush writes as much as the socket takes.
func (c *client) flush() {
	for len(c.out) > 0 && !c.dead {
		n, err := unix.SendmsgBuffers(c.fd, c.out[:min(len(c.out), 16)], nil, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == nil:
			c.out = advance(c.out, n)
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			c.awaitWritable()
			return
		default:
			c.server.drop(c)
			return
		}
	}
	c.out = c.out[:0]
	if c.wantsWrite && !c.dead {
		c.wantsWrite = false
		c.server.modify(c, unix.EPOLLIN)
	}
	if c.member != nil && c.member.incoming == c {
		c.member.deliver()
	}
	if c.closing {
		c.server.drop(c)
	}
}

// awaitWritable has flush called when the socket has room again.
func (c *client) awaitWritable() {
	if !c.wantsWrite {
		c.wantsWrite = true
		c.server.modify(c, unix.EPOLLIN|unix.EPOLLOUT)
	}
}
