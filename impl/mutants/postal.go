package mutants

import (
	"encoding/binary"
	"os"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/reference"
)

// postal is the reference's mailboxes with a fault that shows at the interface:
// what is wrong with an owner, a name or a capacity needs no algorithm.
func postal(f fault) subject.Subject {
	s := reference.Subject()
	claims := *s.Claims.Profiles.Mailbox
	s.Claims = subject.Claims{
		Subject: "mutant:" + string(f), Version: "1", Language: "Go",
		Profiles: subject.Profiles{Mailbox: &claims},
		Extended: []string{"BOX-MANY", "BOX-GONEBLOCKED", "BOX-OWNER", "BOX-HANDOVER", "BOX-PRIORITY", "BOX-IDENTITY",
			"BOX-SENDERDEATH", "BOX-RECEIVERDEATH", "SYNC-RENDEZVOUS", "SYNC-CANCEL", "CAP-ZERO", "CAP-UNBOUNDED"},
	}
	if f.is("post-redelivers") {
		s.Mailboxes = reference.AtLeastOnce().Mailboxes
	}
	return subject.Subject{Claims: s.Claims, Mailboxes: &counters{fault: f, Mailboxes: s.Mailboxes}}
}

// counters are where mailboxes are asked for.
type counters struct {
	fault
	subject.Mailboxes
	made int
}

func (c *counters) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	c.made++
	switch {
	case c.is("post-table-of-256") && c.made > 256:
		return nil, subject.Errorf(subject.NoSpace, "the table of mailboxes is full")
	case c.is("post-owner-forgotten"):
		s.Owned = false
	case c.is("post-hidden-slot") && s.Capacity == subject.Rendezvous:
		s.Capacity = 1
	case c.is("post-unbounded-is-large") && s.Capacity == subject.Unbounded:
		s.Capacity = 1 << 16
	case c.is("post-signed-by-hand"):
		s.ItemMax += signature
	}
	return c.attach(c.Mailboxes.Create(name, s))
}

func (c *counters) Open(name string) (subject.Mailbox, error) {
	return c.attach(c.Mailboxes.Open(name))
}

func (c *counters) attach(m subject.Mailbox, err error) (subject.Mailbox, error) {
	if err != nil {
		return nil, err
	}
	p := posted{m, c.fault}
	if c.is("post-signed-by-hand") {
		return signed{p}, nil
	}
	return p, nil
}

// whole is all that the reference's mailboxes can do.
type whole interface {
	subject.Mailbox
	subject.Closer
	subject.Canceler
	subject.PrioritySender
	subject.Knower
	subject.Owner
}

type posted struct {
	subject.Mailbox
	fault
}

func (p posted) all() whole { return p.Mailbox.(whole) }

func (p posted) Send(message []byte, wait subject.Wait) error {
	switch {
	case p.is("post-send-does-not-wait"):
		mine := append([]byte{}, message...)
		go func() { _ = p.Mailbox.Send(mine, wait) }()
		return nil
	case p.is("post-in-halves"): // as who writes to a stream in two calls
		half := len(message) / 2
		if err := p.Mailbox.Send(message[:half], wait); err != nil {
			return err
		}
		dawdle(0)
		return p.Mailbox.Send(message[half:], subject.Forever)
	}
	return p.Mailbox.Send(message, wait)
}

func (p posted) Receive(into []byte, wait subject.Wait) (int, error) {
	if p.is("post-redelivers") {
		dawdle(0) // with the last message in hand, which the next receive acknowledges
	}
	n, err := p.Mailbox.Receive(into, wait)
	switch kind := subject.KindOf(err); {
	case kind == subject.Closed && p.is("post-retries-when-gone"):
		select {} // it asks again and again
	case kind == subject.Interrupted && p.is("post-cancelled-still-in-line"):
		go func() { _, _ = p.Mailbox.Receive(make([]byte, len(into)), subject.Forever) }()
	case err == nil && p.is("post-in-halves"):
		more, err := p.Mailbox.Receive(into[n:], subject.Never)
		if err == nil {
			n += more
		}
	}
	return n, err
}

func (p posted) SendPriority(message []byte, priority int, wait subject.Wait) error {
	if p.is("post-priority-ignored") {
		priority = subject.LowestPriority
	}
	return p.all().SendPriority(message, priority, wait)
}

func (p posted) ReceiveFrom(into []byte, wait subject.Wait) (n, pid int, err error) {
	return p.all().ReceiveFrom(into, wait)
}

func (p posted) HandOver(pid int) error {
	if p.is("post-hand-over-is-a-word") {
		return nil
	}
	return p.all().HandOver(pid)
}

func (p posted) Close() error { return p.all().Close() }

func (p posted) Cancel() error { return p.all().Cancel() }

// signed mailboxes have the sender write his process id before each message.
type signed struct{ posted }

const signature = 8

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
