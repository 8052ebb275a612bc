package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
)

// SendPriority sends with a priority other than the lowest.
func (m mailbox) SendPriority(message []byte, priority int, wait subject.Wait) error {
	return translate(m.Mailbox.SendPriority(message, priority, messagepassing.Wait(wait)))
}

// ReceiveFrom returns the sender's process id as the kernel reported it to the
// broker.
func (m mailbox) ReceiveFrom(into []byte, wait subject.Wait) (n, pid int, err error) {
	got, err := m.ReceiveMessage(messagepassing.Wait(wait))
	switch {
	case err != nil:
		return 0, 0, translate(err)
	case len(got.Body) > len(into):
		return 0, 0, subject.Errorf(subject.TooLarge, "%d bytes into a buffer of %d", len(got.Body), len(into))
	}
	return copy(into, got.Body), got.Sender.PID, nil
}

// HandOver passes ownership on.
func (m mailbox) HandOver(pid int) error { return translate(m.Mailbox.HandOver(pid)) }

// AtLeastOnce is the reference's mailboxes with the other guarantee for a
// receiver's death: a message that it had not acknowledged arrives again, and is
// never lost.
func AtLeastOnce() subject.Subject {
	messagepassing.ServeIfAsked()
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "reference-again", Version: "0.1.0", Language: "Go",
			Profiles: subject.Profiles{Mailbox: &subject.MailboxProfile{
				Capacity: upToAMillion(1), Item: subject.Item{Max: 16 << 20},
				Delivery: "at-least-once", Order: "fifo", Waiting: "sleep", Close: true,
			}},
			Extended: []string{"BOX-RECEIVERDEATH", "BOX-SENDERDEATH"},
		},
		Mailboxes: mailboxes{network: new(network), delivery: messagepassing.AtLeastOnce},
	}
}
