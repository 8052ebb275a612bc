package host

import (
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/subject"
)

func (h *host) mailboxes(r agent.Request) (factory, error) {
	m := h.subject.Mailboxes
	if m == nil {
		return factory{}, &agent.Unsupported{Operation: r.Op}
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
	return &queue{family: "mailbox", object: m, put: m.Send, get: m.Receive, detach: m.Detach}, nil
}
