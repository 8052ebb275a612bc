package ring

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
)

type mailboxes struct{ rings Rings }

// Mailboxes makes shared rings whose items are messages.
func Mailboxes(f Fault, in region.Fault) subject.Mailboxes { return mailboxes{New(f, in)} }

type mailbox struct {
	*ring
	rings Rings
	name  string
	late  []byte // of HoldsOneBack
}

func (ms mailboxes) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	r, err := ms.rings.create(name, s)
	if err != nil {
		return nil, err
	}
	r.shared = true
	return &mailbox{ring: r, rings: ms.rings, name: name}, nil
}

func (ms mailboxes) Open(name string) (subject.Mailbox, error) {
	r, err := ms.rings.open(name)
	if err != nil {
		return nil, err
	}
	r.shared = true
	return &mailbox{ring: r, rings: ms.rings, name: name}, nil
}

func (ms mailboxes) Unlink(name string) error {
	if ms.rings.fault == UnlinkForgotten {
		return nil
	}
	return ms.rings.Unlink(name)
}

func (b *mailbox) Send(message []byte, wait subject.Wait) error {
	if b.fault == SendsByReference {
		go func() {
			time.Sleep(2 * time.Millisecond)
			_ = b.Put(message, wait)
		}()
		return nil
	}
	if b.fault == HoldsOneBack {
		late := b.late
		b.late = append([]byte{}, message...)
		if late == nil {
			return nil
		}
		return b.Put(late, wait)
	}
	if b.fault == DiesOfSIGPIPE {
		still, err := b.rings.open(b.name)
		if err != nil { // it has been removed
			os.Exit(128 + int(unix.SIGPIPE)) // a Go program does not die of it by itself
		}
		_ = still.Detach()
	}
	return b.Put(message, wait)
}

func (b *mailbox) Receive(into []byte, wait subject.Wait) (int, error) {
	if b.fault == ReceiveCuts {
		whole := make([]byte, b.control.itemMax)
		n, err := b.Get(whole, wait)
		return copy(into, whole[:n]), err
	}
	return b.Get(into, wait)
}
