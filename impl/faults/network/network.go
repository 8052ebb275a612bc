// Package network has the reference implementation with a fault that shows where
// processes of another host use it: what is wrong with a network shows at the
// interface.
package network

import (
	"cmp"
	"time"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/reference"
)

// Subject makes the implementation, and claims what its faults break.
func Subject(f Fault) subject.Subject {
	s, home := reference.Subject(), reference.Subject()
	n := &network{fault: f, Network: s.Network}
	claims := s.Claims.Profiles
	s.Claims = subject.Claims{
		Profiles: subject.Profiles{Mailbox: claims.Mailbox, Link: claims.Link, Network: claims.Network},
		Extended: []string{"NET-MAILBOX", "NET-LINK", "NET-CUT", "NET-HEAL"},
	}
	s.Network, s.Mailboxes = n, mailboxes{n, s.Mailboxes}
	if f == NamesAreLocal {
		s.Parties = home.Parties // on which nothing is dialled
	}
	return s
}

// A network knows whether this process has dialled another host.
type network struct {
	fault Fault
	subject.Network
	dialled bool
}

func (n *network) Dial(address string) error {
	n.dialled = true
	return n.Network.Dial(address)
}

// shows reports whether the fault shows in this process: only where it has dialled
// another host.
func (n *network) shows(f Fault) bool { return n.dialled && n.fault == f }

type mailboxes struct {
	*network
	subject.Mailboxes
}

func (bs mailboxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	b, err := bs.Mailboxes.Create(name, s)
	if err != nil {
		return nil, err
	}
	return bs.attach(name, b)
}

func (bs mailboxes) Open(name string) (subject.Mailbox, error) {
	b, err := bs.Mailboxes.Open(name)
	if err != nil {
		return nil, err
	}
	return bs.attach(name, b)
}

func (bs mailboxes) attach(name string, b subject.Mailbox) (subject.Mailbox, error) {
	far := &mailbox{network: bs.network, Mailbox: b}
	var err error
	if bs.shows(SendsAgain) {
		far.again, err = bs.Mailboxes.Open(name)
	}
	return far, err
}

type mailbox struct {
	*network
	subject.Mailbox
	again subject.Mailbox // of SendsAgain: a second connection
}

func (b *mailbox) Send(message []byte, wait subject.Wait) error {
	if b.shows(WaitsForEver) && wait > 0 {
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

func (b *mailbox) Receive(into []byte, wait subject.Wait) (int, error) {
	if b.shows(WaitsForEver) && wait > 0 {
		wait = subject.Forever
	}
	n, err := b.Mailbox.Receive(into, wait)
	if b.shows(TakesASegment) {
		n = min(n, 1448) // of a TCP segment
	}
	return n, err
}

func (b *mailbox) Close() error { return b.Mailbox.(subject.Closer).Close() }

func (b *mailbox) Detach() error {
	if b.again != nil {
		_ = b.again.Detach()
	}
	return b.Mailbox.Detach()
}
