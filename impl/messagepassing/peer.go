package messagepassing

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A peer is the office's end of a line: one client connection, attached to one
// mailbox at most.
type peer struct {
	server *server
	fd     int
	credentials

	decoder decoder
	box     *box
	waiting *request // the send or receive that is not answered yet
	number  uint32   // of the request being handled, for its answer
	busy    bool     // a request has no answer yet: another one is a fault of the client

	party  *party // whose line this is
	second bool   // the one for its ends of links, not the one it asks on

	held    *message // at-least-once: given to the client and not dealt with
	heldBox *box

	entrance *entrance // this client exposes the office
	session  *session  // this client is on another host
	clean    bool      // it hung up, rather than being cut off

	out     [][]byte // what the socket had no room for
	stuck   bool     // to be told when there is room
	leaving bool     // hang up once out is written
	dead    bool     // to be dropped
}

// errProtocol: the client is not this package; it is cut off.
var errProtocol = errors.New("not the protocol of this post office")

// handle does one request. An error cuts the client off.
func (p *peer) handle(f *frame) error {
	if p.session != nil && !p.busy && f.kind != requestCancel {
		before := p.number
		p.number = f.number
		if handled, err := p.admit(f); handled {
			return err
		}
		p.number = before
	}
	if f.kind == requestCancel {
		switch r := p.waiting; {
		case p.number != f.number:
		case r != nil:
			r.waits.withdraw(r, ErrInterrupted)
		case p.party != nil && p.party.watching == p:
			p.party.watching = nil
			p.answer(nil, ErrInterrupted)
		}
		return nil
	}
	if f.kind == requestReady {
		if p.party == nil || !p.second || p.party.news != nil {
			return fmt.Errorf("%w: ready for nothing", errProtocol)
		}
		p.party.news = p
		p.party.deliver()
		return nil
	}
	if p.busy {
		return fmt.Errorf("%w: a request before the answer to the last", errProtocol)
	}
	p.number, p.busy = f.number, true
	never := f.flags&flagNever != 0
	switch f.kind {
	case requestCreate, requestOpen, requestAttach:
		p.answer(p.enter(f))
	case requestExpose:
		if p.entrance != nil {
			return fmt.Errorf("%w: exposed twice", errProtocol)
		}
		p.entrance = &entrance{fd: -1, key: f.body}
		p.answer(nil, nil)
	case requestJoin, requestNews:
		p.answer(p.represent(f))
	case requestLink:
		if p.party == nil {
			return fmt.Errorf("%w: a link for nobody", errProtocol)
		}
		p.answer(nil, p.server.parties.link(p.party, f.name, f.room))
	case requestWatch, requestDismiss:
		if p.party == nil {
			return fmt.Errorf("%w: a request for nobody", errProtocol)
		}
		if f.kind == requestWatch {
			p.party.watch(p, int(f.room), never)
			break
		}
		p.server.parties.dismiss(p.party, f.body)
		p.answer(nil, nil)
	case requestUnlink:
		p.answer(nil, p.server.unlink(f.name))
	case requestBye:
		p.bye()
	case requestSend, requestReceive, requestDone, requestClose, requestHandOver:
		if p.box == nil {
			return fmt.Errorf("%w: request %d without a mailbox", errProtocol, f.kind)
		}
		switch f.kind {
		case requestSend:
			if f.priority > HighestPriority {
				return fmt.Errorf("%w: priority %d", errProtocol, f.priority)
			}
			m := &message{body: f.body, priority: f.priority, from: p.signature()}
			r := &request{from: p, message: m}
			p.waiting = r
			p.box.send(r, never)
		case requestReceive:
			p.letGo()
			r := &request{from: p, room: int(f.room)}
			p.waiting = r
			p.box.receive(r, never)
		case requestDone:
			p.letGo()
			p.answer(nil, nil)
		case requestClose:
			p.box.end(ErrClosed)
			p.answer(nil, nil)
		case requestHandOver:
			p.answer(nil, p.box.handOver(p.pid, f.pid))
		}
	default:
		return fmt.Errorf("%w: request %d", errProtocol, f.kind)
	}
	return nil
}

// enter creates or opens a mailbox and attaches to it.
func (p *peer) enter(f *frame) (body []byte, err error) {
	if p.box != nil {
		return nil, fmt.Errorf("%w: this connection has a mailbox", ErrInvalid)
	}
	var b *box
	switch f.kind {
	case requestOpen:
		b, err = p.server.find(f.name)
	default:
		shape, key, bad := parseShape(f.body)
		if bad != nil {
			return nil, bad
		}
		if f.kind == requestAttach {
			b, err = p.server.findKey(key)
		} else {
			b, err = p.server.create(f.name, shape, p.pid)
		}
	}
	if err != nil {
		return nil, err
	}
	b.attach(p.pid)
	p.box = b
	p.decoder.bodyMax = b.shape.MessageMax
	return appendShape(nil, b.shape, b.key), nil
}

// represent makes this line a party's first or second one.
func (p *peer) represent(f *frame) (body []byte, err error) {
	if p.party != nil || p.box != nil {
		return nil, fmt.Errorf("%w: this connection is in use", ErrInvalid)
	}
	if f.kind == requestJoin {
		if p.party, err = p.server.parties.join(f.name, p.credentials); err != nil {
			return nil, err
		}
		return binary.LittleEndian.AppendUint64(nil, p.party.key), nil
	}
	if len(f.body) != 8 {
		return nil, fmt.Errorf("%w: a key of %d bytes", ErrInvalid, len(f.body))
	}
	who := p.server.parties.byKey[binary.LittleEndian.Uint64(f.body)]
	if who == nil || who.pid != p.pid {
		return nil, fmt.Errorf("%w: no such party of this process", ErrNotExist)
	}
	p.party, p.second = who, true
	return nil, nil
}

// signature is what a message of this client bears.
func (p *peer) signature() credentials {
	c := p.credentials
	if who := p.server.parties.byPID[p.pid]; who != nil {
		c.name = who.name
	}
	return c
}

// letGo: the client is done with the message it holds.
func (p *peer) letGo() { p.held, p.heldBox = nil, nil }

// bye detaches in order. Where that was the last of the office's uses, the
// office removes its traces before it answers: once Detach or Unlink have
// returned nothing is left behind.
func (p *peer) bye() {
	p.letGo()
	p.leave()
	p.leaving = true
	delete(p.server.peers, p.fd)
	if p.server.idle() {
		p.server.retire()
	}
	p.server.peers[p.fd] = p
	p.answer(nil, nil)
}

// leave detaches from the mailbox. The client may be dead: what it waited for
// is withdrawn, what it held goes back.
func (p *peer) leave() {
	if p.entrance != nil {
		p.server.shut(p.entrance)
	}
	if who := p.party; who != nil {
		p.party = nil
		if !p.second {
			p.server.parties.leave(who)
		} else if who.news == p {
			who.news = nil
		}
		if who.watching == p {
			who.watching = nil
		}
	}
	b := p.box
	if b == nil {
		return
	}
	p.box = nil
	if p.waiting != nil {
		p.waiting.waits.withdraw(p.waiting, nil)
		p.waiting = nil
	}
	if p.held != nil {
		p.heldBox.giveBack(p.held)
		p.letGo()
	}
	if b.detach(p.pid) {
		p.server.remove(b, fmt.Errorf("%w: deleted, since its owner has ended", ErrClosed))
	}
	p.server.tidy(b)
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

// deliver answers a receive with a message. It is false when the receiver's
// process is known to be dead; the message was not given away then.
func (r *request) deliver(b *box, m *message) bool {
	p := r.from
	r.waits = nil
	p.waiting = nil
	p.busy = false
	p.reply(m.frame(p.number))
	if p.dead {
		if p.session != nil {
			p.session.last = nil
		}
		return false
	}
	if p.session != nil {
		p.session.given, p.session.givenBox = m, b
	}
	if b.shape.Delivery == AtLeastOnce {
		p.held, p.heldBox = m, b
	}
	return true
}

// answer answers the request being handled.
func (p *peer) answer(body []byte, err error) {
	p.busy = false
	f := &frame{number: p.number, kind: refusalCode(err), body: body}
	if err != nil {
		f.body = []byte(err.Error())
	}
	p.reply(f)
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

// reply sends an answer, and keeps it for a client whose line may be cut.
func (p *peer) reply(f *frame) {
	if p.session != nil && !p.dead {
		p.session.last, p.session.given, p.session.givenBox = f, nil, nil
	}
	p.send(f)
}

// send writes a frame, or queues what the socket has no room for.
func (p *peer) send(f *frame) {
	if p.dead {
		return
	}
	header := f.appendHeader(make([]byte, 0, bodyStart(len(f.name))))
	p.out = append(p.out, header)
	if len(f.body) > 0 {
		p.out = append(p.out, f.body)
	}
	p.flush()
}

// flush writes as much as the socket takes.
func (p *peer) flush() {
	for len(p.out) > 0 && !p.dead {
		n, err := unix.SendmsgBuffers(p.fd, p.out[:min(len(p.out), 16)], nil, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == nil:
			p.out = advance(p.out, n)
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			p.wantRoom()
			return
		default:
			p.server.drop(p)
			return
		}
	}
	p.out = p.out[:0]
	if p.stuck && !p.dead {
		p.stuck = false
		p.server.watch(p, unix.EPOLLIN)
	}
	if p.party != nil && p.party.news == p {
		p.party.deliver()
	}
	if p.leaving {
		p.server.drop(p)
	}
}

// wantRoom has flush called when the socket has room again.
func (p *peer) wantRoom() {
	if !p.stuck {
		p.stuck = true
		p.server.watch(p, unix.EPOLLIN|unix.EPOLLOUT)
	}
}
