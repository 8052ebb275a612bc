package messagepassing

import (
	"context"
	"errors"
	"time"
)

// A carried link goes through the office, since one of its parties is on another
// host, or may be: two private mailboxes, one for each direction, that only the
// two parties know. Lines that break are mended as for every mailbox.
type carried struct {
	out, in *Mailbox
	dismiss func() // tells the office that this side is done
}

// channelShape is one direction of a carried link: it buffers records.
var channelShape = Shape{Capacity: 64, MessageMax: recordHeader + recordBody}

func newCarried(office Office, peer string, out, in uint64, dismiss func()) *carried {
	return &carried{
		out:     &Mailbox{office: office, name: peer, shape: channelShape, key: out},
		in:      &Mailbox{office: office, name: peer, shape: channelShape, key: in},
		dismiss: dismiss,
	}
}

// descriptor: there is none; the office tells when something has come.
func (c *carried) descriptor() int { return -1 }

func (c *carried) send(ctx, era context.Context, header, body []byte, w Wait, deadline time.Time) error {
	record := append(append(make([]byte, 0, len(header)+len(body)), header...), body...)
	_, err := c.do(ctx, era, c.out, &frame{kind: requestSend, body: record}, w, deadline)
	return err
}

func (c *carried) receive(ctx, era context.Context, buffers [][]byte, w Wait, deadline time.Time) (int, error) {
	answer, err := c.do(ctx, era, c.in, &frame{kind: requestReceive, room: recordHeader + recordBody}, w, deadline)
	if err != nil {
		return 0, err
	}
	rest := answer.body
	for _, b := range buffers {
		rest = rest[copy(b, rest):]
	}
	return len(answer.body), nil
}

// do makes a request that also ends with era.
func (c *carried) do(ctx, era context.Context, m *Mailbox, request *frame, w Wait, deadline time.Time) (frame, error) {
	if !deadline.IsZero() {
		w = Wait(max(1, time.Until(deadline)))
	}
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(era, func() { cancel(context.Canceled) })()
	answer, err := m.do(both, request, w, nil)
	if errors.Is(err, errDetached) {
		err = ErrInterrupted
	}
	return answer, err
}

func (c *carried) close() {
	_ = c.out.Detach()
	_ = c.in.Detach()
	c.dismiss()
}

// A channel is a carried link as the office holds it: two mailboxes without a
// name.
type channel struct {
	out, in *box   // as seen by its first party
	owners  int    // parties that have not left or dismissed it
	first   *party // which of the two sees out and in the other way round is the other one
}

// openChannel makes the mailboxes of a link.
func (s *server) openChannel(first *party) *channel {
	c := &channel{out: s.newBox("", channelShape, 0), in: s.newBox("", channelShape, 0), owners: 2, first: first}
	c.out.kept, c.in.kept = true, true
	return c
}

// end is the channel's end for a party: what it sends into, what it receives.
func (c *channel) side(p *party) (out, in *box) {
	if p == c.first {
		return c.out, c.in
	}
	return c.in, c.out
}

// letGo says that one of the two is done with the channel. The other one gets
// what is left, and then why.
func (s *server) letGo(c *channel, why error) {
	c.out.end(why)
	c.in.end(why)
	if c.owners--; c.owners == 0 {
		c.out.kept, c.in.kept = false, false
	}
	s.tidy(c.out)
	s.tidy(c.in)
}
