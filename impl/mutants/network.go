package mutants

import (
	"cmp"
	"time"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/reference"
)

// networked is the reference with a fault that is seen where processes of
// another host use it: what is wrong with a network shows at the interface.
func networked(f fault) subject.Subject {
	s, home := reference.Subject(), reference.Subject()
	n := &network{fault: f, Network: s.Network}
	claims := s.Claims.Profiles
	s.Claims = subject.Claims{
		Subject: "mutant:" + string(f), Version: "1", Language: "Go",
		Profiles: subject.Profiles{Mailbox: claims.Mailbox, Link: claims.Link, Network: claims.Network},
		Extended: []string{"NET-MAILBOX", "NET-LINK", "NET-CUT", "NET-HEAL"},
	}
	s.Network, s.Mailboxes = n, farBoxes{n, s.Mailboxes}
	if f.is("net-names-are-local") {
		s.Parties = home.Parties // which nobody dials
	}
	return s
}

// A network knows whether this process has dialled another host.
type network struct {
	fault
	subject.Network
	dialled bool
}

func (n *network) Dial(address string) error {
	n.dialled = true
	return n.Network.Dial(address)
}

// is reports whether the fault shows: to those on the other host.
func (n *network) is(id string) bool { return n.dialled && n.fault.is(id) }

type farBoxes struct {
	*network
	subject.Mailboxes
}

func (bs farBoxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	b, err := bs.Mailboxes.Create(name, s)
	if err != nil {
		return nil, err
	}
	return bs.attach(name, b)
}

func (bs farBoxes) Open(name string) (subject.Mailbox, error) {
	b, err := bs.Mailboxes.Open(name)
	if err != nil {
		return nil, err
	}
	return bs.attach(name, b)
}

func (bs farBoxes) attach(name string, b subject.Mailbox) (subject.Mailbox, error) {
	far := &farBox{network: bs.network, Mailbox: b}
	var err error
	if bs.is("net-sends-again") {
		far.again, err = bs.Mailboxes.Open(name)
	}
	return far, err
}

type farBox struct {
	*network
	subject.Mailbox
	again subject.Mailbox // of net-sends-again: a second line
}

func (b *farBox) Send(message []byte, wait subject.Wait) error {
	if b.is("net-waits-for-ever") && wait > 0 {
		wait = subject.Forever
	}
	if b.again == nil {
		return b.Mailbox.Send(message, wait)
	}
	sent := make(chan error, 1)
	go func() { sent <- b.Mailbox.Send(message, wait) }()
	select {
	case err := <-sent:
		return err
	case <-time.After(100 * time.Millisecond): // no acknowledgement: it must have been lost
		return cmp.Or(b.again.Send(message, wait), <-sent)
	}
}

func (b *farBox) Receive(into []byte, wait subject.Wait) (int, error) {
	if b.is("net-waits-for-ever") && wait > 0 {
		wait = subject.Forever
	}
	n, err := b.Mailbox.Receive(into, wait)
	if b.is("net-takes-a-segment") {
		n = min(n, 1448) // of a TCP segment
	}
	return n, err
}

func (b *farBox) Close() error { return b.Mailbox.(subject.Closer).Close() }

func (b *farBox) Detach() error {
	if b.again != nil {
		_ = b.again.Detach()
	}
	return b.Mailbox.Detach()
}

var networkMutants = []Mutant{
	{ID: "net-takes-a-segment", Fault: "takes what one recv brings for a message", Requirement: "NET-MAILBOX", Verdict: "fail", At: "came out"},
	{ID: "net-names-are-local", Fault: "looks for the peer of a link on its own host", Requirement: "NET-LINK", Verdict: "timeout", At: "did not come back"},
	{ID: "net-waits-for-ever", Fault: "waits for the other side's answer without a limit of its own", Requirement: "NET-CUT", Verdict: "timeout", At: "did not come back"},
	{ID: "net-sends-again", Fault: "repeats what was not acknowledged in time", Requirement: "NET-HEAL", Verdict: "fail", At: "came twice"},
}
