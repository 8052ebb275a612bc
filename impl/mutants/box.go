package mutants

import (
	"time"

	"github.com/ipckit/ipckit/harness/subject"
)

// boxes are mailboxes over the ring, with one sender and one receiver.
type boxes struct {
	fault
	rings rings
}

type box struct{ *ring }

func (bs boxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	r, err := bs.rings.create(name, s)
	if err != nil {
		return nil, err
	}
	return box{r}, nil
}

func (bs boxes) Open(name string) (subject.Mailbox, error) {
	r, err := bs.rings.open(name)
	if err != nil {
		return nil, err
	}
	return box{r}, nil
}

func (bs boxes) Unlink(name string) error {
	if bs.is("box-unlink-forgotten") {
		return nil
	}
	return bs.rings.Unlink(name)
}

func (b box) Send(message []byte, wait subject.Wait) error {
	if b.is("box-sends-by-reference") {
		go func() {
			time.Sleep(2 * time.Millisecond)
			_ = b.Put(message, wait)
		}()
		return nil
	}
	return b.Put(message, wait)
}

func (b box) Receive(into []byte, wait subject.Wait) (int, error) { return b.Get(into, wait) }
