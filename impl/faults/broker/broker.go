// Package broker has the reference implementation's mailboxes, each with a broker
// of its own, with a fault at the interface: what is wrong with an owner, a name
// or a capacity needs no algorithm.
package broker

import (
	"encoding/binary"
	"os"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/waiting"
	"github.com/ipckit/ipckit/impl/reference"
)

// Subject makes the mailboxes, and claims what their faults break.
func Subject(f Fault) subject.Subject {
	s := reference.Subject()
	claims := *s.Claims.Profiles.Mailbox
	s.Claims = subject.Claims{
		Profiles: subject.Profiles{Mailbox: &claims},
		Extended: []string{"BOX-MANY", "BOX-GONEBLOCKED", "BOX-OWNER", "BOX-HANDOVER", "BOX-PRIORITY", "BOX-IDENTITY",
			"BOX-SENDERDEATH", "BOX-RECEIVERDEATH", "SYNC-RENDEZVOUS", "SYNC-CANCEL", "CAP-ZERO", "CAP-UNBOUNDED"},
	}
	switch f {
	case Redelivers:
		s.Mailboxes = reference.AtLeastOnce().Mailboxes
	case LosesInHand: // by the key alone
		claims.Delivery, s.Claims.Extended = "at-least-once", nil
	}
	return subject.Subject{Claims: s.Claims, Mailboxes: &mailboxes{fault: f, Mailboxes: s.Mailboxes}}
}

type mailboxes struct {
	fault Fault
	subject.Mailboxes
	made int // so far, of TableOf256
}

func (ms *mailboxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	ms.made++
	switch {
	case ms.fault == TableOf256 && ms.made > 256:
		return nil, subject.Errorf(subject.NoSpace, "the table of mailboxes is full")
	case ms.fault == OwnerForgotten:
		s.Owned = false
	case ms.fault == HiddenSlot && s.Capacity == subject.Rendezvous:
		s.Capacity = 1
	case ms.fault == UnboundedIsLarge && s.Capacity == subject.Unbounded:
		s.Capacity = 1 << 16
	case ms.fault == SignedByHand:
		s.ItemMax += signature
	}
	return ms.attach(ms.Mailboxes.Create(name, s))
}

func (ms *mailboxes) Open(name string) (subject.Mailbox, error) {
	return ms.attach(ms.Mailboxes.Open(name))
}

func (ms *mailboxes) attach(m subject.Mailbox, err error) (subject.Mailbox, error) {
	if err != nil {
		return nil, err
	}
	faulty := mailbox{m, ms.fault}
	if ms.fault == SignedByHand {
		return signed{faulty}, nil
	}
	return faulty, nil
}

// A complete mailbox does all that the reference's can do.
type complete interface {
	subject.Mailbox
	subject.Closer
	subject.Canceler
	subject.PrioritySender
	subject.SenderReporter
	subject.Owner
}

type mailbox struct {
	subject.Mailbox
	fault Fault
}

func (m mailbox) all() complete { return m.Mailbox.(complete) }

func (m mailbox) Send(message []byte, wait subject.Wait) error {
	switch {
	case m.fault == SendDoesNotWait:
		mine := append([]byte{}, message...)
		go func() { _ = m.Mailbox.Send(mine, wait) }()
		return nil
	case m.fault == InHalves: // as two writes to a stream do
		half := len(message) / 2
		if err := m.Mailbox.Send(message[:half], wait); err != nil {
			return err
		}
		waiting.Dawdle(0)
		return m.Mailbox.Send(message[half:], subject.Forever)
	}
	return m.Mailbox.Send(message, wait)
}

func (m mailbox) Receive(into []byte, wait subject.Wait) (int, error) {
	if m.fault == Redelivers {
		waiting.Dawdle(0) // with the last message in hand, which the next receive acknowledges
	}
	n, err := m.Mailbox.Receive(into, wait)
	switch kind := subject.KindOf(err); {
	case kind == subject.Closed && m.fault == RetriesWhenGone:
		select {} // it asks again and again
	case kind == subject.Interrupted && m.fault == CancelledStillQueued:
		go func() { _, _ = m.Mailbox.Receive(make([]byte, len(into)), subject.Forever) }()
	case err == nil && m.fault == InHalves:
		more, err := m.Mailbox.Receive(into[n:], subject.Never)
		if err == nil {
			n += more
		}
	}
	return n, err
}

func (m mailbox) SendPriority(message []byte, priority int, wait subject.Wait) error {
	if m.fault == PriorityIgnored {
		priority = subject.LowestPriority
	}
	return m.all().SendPriority(message, priority, wait)
}

func (m mailbox) ReceiveFrom(into []byte, wait subject.Wait) (n, pid int, err error) {
	return m.all().ReceiveFrom(into, wait)
}

func (m mailbox) HandOver(pid int) error {
	if m.fault == HandOverOnlySaid {
		return nil
	}
	return m.all().HandOver(pid)
}

func (m mailbox) Close() error { return m.all().Close() }

func (m mailbox) Cancel() error { return m.all().Cancel() }

// A signed mailbox takes the sender's process id from the sender, which writes it
// before each message.
type signed struct{ mailbox }

const signature = 8 // bytes

func (s signed) Send(message []byte, wait subject.Wait) error {
	return s.SendAs(message, os.Getpid(), wait)
}

func (s signed) SendAs(message []byte, pid int, wait subject.Wait) error {
	return s.Mailbox.Send(append(binary.LittleEndian.AppendUint64(nil, uint64(pid)), message...), wait)
}

func (s signed) ReceiveFrom(into []byte, wait subject.Wait) (n, pid int, err error) {
	b := make([]byte, len(into)+signature)
	n, err = s.Mailbox.Receive(b, wait)
	if err != nil {
		return 0, 0, err
	}
	return copy(into, b[signature:n]), int(binary.LittleEndian.Uint64(b)), nil
}
