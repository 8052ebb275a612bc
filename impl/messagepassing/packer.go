package messagepassing

import (
	"context"
	"encoding/binary"
)

// A Packer collects messages for a link and sends many in one record, so that
// some hundred messages share the cost of a system call. They are received one
// by one as usual. A Packer is for one goroutine.
type Packer struct {
	link *Link
	body []byte
}

// NewPacker makes a packer. Flush it before waiting for an answer.
func (l *Link) NewPacker() *Packer {
	return &Packer{link: l, body: make([]byte, 0, packBody)}
}

// Send adds a message, after sending those collected before if there is no room
// for it. On an error the message was not added. Errors as for [Link.Send].
func (p *Packer) Send(message []byte, w Wait) error {
	if len(p.body)+4+len(message) > packBody {
		if err := p.Flush(w); err != nil {
			return err
		}
		if 4+len(message) > packBody {
			return p.link.Send(message, w)
		}
	}
	p.body = binary.LittleEndian.AppendUint32(p.body, uint32(len(message)))
	p.body = append(p.body, message...)
	return nil
}

// Flush sends the collected messages. On an error they stay collected.
func (p *Packer) Flush(w Wait) error {
	if len(p.body) == 0 {
		return nil
	}
	if err := p.link.transmit(context.Background(), recordPack, p.body, w); err != nil {
		return p.link.fail("send to", err)
	}
	p.body = p.body[:0]
	return nil
}

// ReceiveEach waits for a message, and calls each for it and for all that came
// in the same record. The slices belong to the link and are valid until each
// returns. Errors as for [Link.Receive].
func (l *Link) ReceiveEach(w Wait, each func(message []byte)) error {
	_, err := l.receive(context.Background(), nil, w, func(b []byte) ([]byte, error) {
		each(b)
		return nil, nil
	})
	if err != nil {
		return l.fail("receive from", err)
	}
	if !l.in.tryLock() {
		return nil // another goroutine receives the rest
	}
	defer l.in.unlock()
	for len(l.pack) > 0 {
		var b []byte
		if b, l.pack, err = unpack(l.pack); err != nil {
			return l.fail("receive from", err)
		}
		each(b)
	}
	return nil
}
