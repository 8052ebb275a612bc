package reference

import (
	"errors"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
)

type endpoints struct{ *network }

type endpoint struct{ *messagepassing.Endpoint }

type link struct{ *messagepassing.Link }

func (p endpoints) Join(name string) (subject.Party, error) {
	joined, err := p.broker.Join(name)
	if err != nil {
		return nil, translate(err)
	}
	return endpoint{joined}, nil
}

func (p endpoint) Link(peer string) (subject.Link, error) {
	l, err := p.Endpoint.Link(peer)
	if err != nil {
		return nil, translate(err)
	}
	return link{l}, nil
}

func (p endpoint) Leave() error { return translate(p.Endpoint.Leave()) }

func (p endpoint) Cancel() error { return translate(p.Endpoint.Cancel()) }

// ReceiveAny names the peer whose link has ended if that is the reason of the
// error.
func (p endpoint) ReceiveAny(into []byte, wait subject.Wait) (n int, peer string, err error) {
	m, err := p.Receive(messagepassing.Wait(wait))
	if err != nil {
		var refused *messagepassing.Error
		if errors.As(err, &refused) && refused.Name != p.Name() {
			peer = refused.Name
		}
		return 0, peer, translate(err)
	}
	if len(m.Body) > len(into) {
		return 0, m.Sender.Name, subject.Errorf(subject.TooLarge, "%d bytes into a buffer of %d", len(m.Body), len(into))
	}
	return copy(into, m.Body), m.Sender.Name, nil
}

func (l link) Send(message []byte, wait subject.Wait) error {
	return translate(l.Link.Send(message, messagepassing.Wait(wait)))
}

func (l link) Receive(into []byte, wait subject.Wait) (int, error) {
	n, err := l.Link.Receive(into, messagepassing.Wait(wait))
	return n, translate(err)
}

func (l link) Cancel() error { return translate(l.Link.Cancel()) }

func (l link) Detach() error { return translate(l.Close()) }
