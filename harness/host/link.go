package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A member is a name that this process holds, for links with other processes.
type member struct {
	subject.Party
	item subject.Item // as claimed
}

// join takes a name.
func (h *host) join(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Parties
	if f == nil {
		return unsupported(r)
	}
	open := func(name string) (any, error) {
		p, err := f.Join(name)
		if err != nil {
			return nil, err
		}
		m := &member{Party: p}
		if claimed := h.subject.Claims.Profiles.Link; claimed != nil {
			m.item = claimed.Item
		}
		return m, nil
	}
	return h.name(r, family{open: open})
}

// party does an operation of a party.
func (h *host) party(r protocol.Request) (_ protocol.Reply, err error) {
	if r.Op == protocol.OpPartyJoin {
		return h.join(r)
	}
	m, err := held[*member](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	if r.Op == protocol.OpPartyLeave {
		return h.release(r, m.Leave)
	}
	any, ok := m.Party.(subject.AnyReceiver)
	if !ok {
		return unsupported(r)
	}
	into, n, peer := h.buffer(factory{item: m.item}.itemMax(r)), 0, ""
	disguise(into)
	h.mark(func() { n, peer, err = any.ReceiveAny(into, wait(r)) })
	if err != nil {
		return protocol.Reply{Sender: peer}, err
	}
	reply, err := received(r, into, n)
	reply.Sender = peer
	return reply, err
}

// link does an operation of a link. Once it is made it is a queue that is put
// into and got from like any other.
func (h *host) link(r protocol.Request) (_ protocol.Reply, err error) {
	if r.Op != protocol.OpLinkOpen {
		return h.queue(r)
	}
	m, err := held[*member](h, protocol.Request{Op: r.Op, Object: r.Party})
	if err == nil {
		err = h.vacant(r)
	}
	if err != nil {
		return protocol.Reply{}, err
	}
	var l subject.Link
	h.mark(func() { l, err = m.Link(r.Name) })
	if err != nil {
		return protocol.Reply{}, err
	}
	q := &queue{family: protocol.Link, object: l, put: l.Send, get: l.Receive, detach: l.Detach}
	if p := h.subject.Claims.Profiles.Link; p != nil && p.Framing == subject.FramingStream {
		q.stream = true
	}
	q.itemMax = factory{item: m.item}.itemMax(r)
	h.keep(r.Object, q)
	return protocol.Reply{}, nil
}

// take gets the next item, which has size bytes: of a stream, so many bytes.
func (q *queue) take(into []byte, size int64, wait subject.Wait) (int, error) {
	if !q.stream {
		return q.get(into, wait)
	}
	for have := int64(0); have < size; {
		n, err := q.get(into[have:size], wait)
		if err != nil {
			return int(have), err
		}
		if n < 1 || int64(n) > size-have {
			return int(have), subject.Errorf(subject.IO, "receive from a stream returned a length of %d for a buffer of %d bytes", n, size-have)
		}
		have += int64(n)
	}
	return int(size), nil
}

// moves reports whether a workload's role fits a queue.
func (q *queue) moves(role string, in bool) bool {
	switch {
	case q.family == protocol.Buffer && in:
		return role == protocol.RolePut
	case q.family == protocol.Buffer:
		return role == protocol.RoleGet
	case in:
		return role == protocol.RoleSend
	}
	return role == protocol.RoleReceive
}
