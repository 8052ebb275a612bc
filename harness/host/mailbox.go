package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// mailboxes are the subject's.
func (h *host) mailboxes(r protocol.Request) (factory, error) {
	m := h.subject.Mailboxes
	if m == nil {
		return factory{}, &protocol.Unsupported{Operation: r.Op}
	}
	f := factory{
		create: func(name string, shape subject.Shape) (*queue, error) { return mailboxQueue(m.Create(name, shape)) },
		open:   func(name string) (*queue, error) { return mailboxQueue(m.Open(name)) },
		unlink: m.Unlink,
	}
	if claimed := h.subject.Claims.Profiles.Mailbox; claimed != nil {
		f.item = claimed.Item
	}
	return f, nil
}

func mailboxQueue(m subject.Mailbox, err error) (*queue, error) {
	if err != nil {
		return nil, err
	}
	return &queue{family: protocol.Mailbox, object: m, put: m.Send, get: m.Receive, detach: m.Detach}, nil
}

// sending gives the call by which a request asks to send its message.
func (q *queue) sending(r protocol.Request) (func([]byte, subject.Wait) error, error) {
	switch {
	case r.Priority != nil && *r.Priority != subject.LowestPriority:
		p, ok := q.object.(subject.PrioritySender)
		if !ok {
			return nil, &protocol.Unsupported{Operation: r.Op + " with priority"}
		}
		return func(m []byte, w subject.Wait) error { return p.SendPriority(m, int(*r.Priority), w) }, nil
	case r.PID != nil:
		p, ok := q.object.(subject.SenderClaimer)
		if !ok {
			return nil, &protocol.Unsupported{Operation: r.Op + " with pid"}
		}
		return func(m []byte, w subject.Wait) error { return p.SendAs(m, int(*r.PID), w) }, nil
	}
	return q.put, nil
}

// identify receives a message and says which process sent it.
func (h *host) identify(r protocol.Request, q *queue, into []byte) (_ protocol.Reply, err error) {
	k, ok := q.object.(subject.SenderReporter)
	if !ok {
		return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op + " with identify"}
	}
	n, pid := 0, 0
	h.mark(func() { n, pid, err = k.ReceiveFrom(into, wait(r)) })
	if err != nil {
		return protocol.Reply{}, err
	}
	if pid < 1 {
		return protocol.Reply{}, subject.Errorf(subject.IO, "receive named process %d as the sender", pid)
	}
	reply, err := received(r, into, n)
	reply.PID = new(int64(pid))
	return reply, err
}

func (h *host) handOver(r protocol.Request) (protocol.Reply, error) {
	q, err := held[*queue](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	pid, err := need(r, "pid", r.PID)
	if err != nil {
		return protocol.Reply{}, err
	}
	o, ok := q.object.(subject.Owner)
	if !ok {
		return unsupported(r)
	}
	return h.call(func() error { return o.HandOver(int(pid)) })
}
