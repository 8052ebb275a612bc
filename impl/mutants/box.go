package mutants

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// boxes are mailboxes over the ring, whose senders and receivers take turns.
type boxes struct {
	fault
	rings rings
}

type box struct {
	*ring
	of   boxes
	name string
	late []byte // of box-holds-one-back
}

func (bs boxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	r, err := bs.rings.create(name, s)
	if err != nil {
		return nil, err
	}
	r.shared = true
	return &box{ring: r, of: bs, name: name}, nil
}

func (bs boxes) Open(name string) (subject.Mailbox, error) {
	r, err := bs.rings.open(name)
	if err != nil {
		return nil, err
	}
	r.shared = true
	return &box{ring: r, of: bs, name: name}, nil
}

func (bs boxes) Unlink(name string) error {
	if bs.is("box-unlink-forgotten") {
		return nil
	}
	return bs.rings.Unlink(name)
}

func (b *box) Send(message []byte, wait subject.Wait) error {
	if b.is("box-sends-by-reference") {
		go func() {
			time.Sleep(2 * time.Millisecond)
			_ = b.Put(message, wait)
		}()
		return nil
	}
	if b.is("box-holds-one-back") {
		late := b.late
		b.late = append([]byte{}, message...)
		if late == nil {
			return nil
		}
		return b.Put(late, wait)
	}
	if b.is("box-dies-of-sigpipe") {
		still, err := b.of.rings.open(b.name)
		if err != nil { // it has been removed
			os.Exit(128 + int(unix.SIGPIPE)) // a Go program does not die of it by itself
		}
		_ = still.Detach()
	}
	return b.Put(message, wait)
}

func (b *box) Receive(into []byte, wait subject.Wait) (int, error) {
	if b.is("box-receive-cuts") {
		whole := make([]byte, b.control.itemMax)
		n, err := b.Get(whole, wait)
		return copy(into, whole[:n]), err
	}
	return b.Get(into, wait)
}
