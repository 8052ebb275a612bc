package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
)

type mailboxes struct {
	*network
	delivery messagepassing.Delivery
}

type mailbox struct{ *messagepassing.Mailbox }

func (ms mailboxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	m, err := ms.broker.Create(name, messagepassing.Shape{
		Capacity: narrow(s.Capacity), MessageMax: narrow(s.ItemMax), Delivery: ms.delivery, Owned: s.Owned,
	})
	if err != nil {
		return nil, translate(err)
	}
	return mailbox{m}, nil
}

func (ms mailboxes) Open(name string) (subject.Mailbox, error) {
	m, err := ms.broker.Open(name)
	if err != nil {
		return nil, translate(err)
	}
	return mailbox{m}, nil
}

func (ms mailboxes) Unlink(name string) error { return translate(ms.broker.Unlink(name)) }

func (m mailbox) Send(message []byte, wait subject.Wait) error {
	return translate(m.Mailbox.Send(message, messagepassing.Wait(wait)))
}

func (m mailbox) Receive(into []byte, wait subject.Wait) (int, error) {
	n, err := m.Mailbox.Receive(into, messagepassing.Wait(wait))
	return n, translate(err)
}

func (m mailbox) Close() error { return translate(m.Mailbox.Close()) }

func (m mailbox) Cancel() error { return translate(m.Mailbox.Cancel()) }

func (m mailbox) Detach() error { return translate(m.Mailbox.Detach()) }
