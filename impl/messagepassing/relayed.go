package messagepassing

import (
	"context"
	"errors"
	"time"
)

// A carried link goes through the broker, since one of its endpoints is on another
// host, or may be: two private mailboxes, one for each direction, that only the
// two endpoints know. Lines that break are mended as for every mailbox.
type relayed struct {
	out, in *Mailbox
	release func() // tells the broker that this side is done
}

// channelShape is one direction of a carried link: it buffers records.
var channelShape = Shape{Capacity: 64, MessageMax: recordHeader + recordBody}

func newRelayed(office Broker, peer string, out, in uint64, dismiss func()) *relayed {
	return &relayed{
		out:     &Mailbox{broker: office, name: peer, shape: channelShape, key: out},
		in:      &Mailbox{broker: office, name: peer, shape: channelShape, key: in},
		release: dismiss,
	}
}

// descriptor: there is none; the broker tells when something has come.
func (c *relayed) descriptor() int { return -1 }

func (c *relayed) send(ctx, scope context.Context, header, body []byte, w Wait, deadline time.Time) error {
	record := append(append(make([]byte, 0, len(header)+len(body)), header...), body...)
	_, err := c.do(ctx, scope, c.out, &frame{kind: requestSend, body: record}, w, deadline)
	return err
}

func (c *relayed) receive(ctx, scope context.Context, buffers [][]byte, w Wait, deadline time.Time) (int, error) {
	answer, err := c.do(ctx, scope, c.in, &frame{kind: requestReceive, room: recordHeader + recordBody}, w, deadline)
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
func (c *relayed) do(ctx, scope context.Context, m *Mailbox, request *frame, w Wait, deadline time.Time) (frame, error) {
	if !deadline.IsZero() {
		w = Wait(max(1, time.Until(deadline)))
	}
	both, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(scope, func() { cancel(context.Canceled) })()
	answer, err := m.do(both, request, w, nil)
	if errors.Is(err, errDetached) {
		err = ErrInterrupted
	}
	return answer, err
}

func (c *relayed) close() {
	_ = c.out.Detach()
	_ = c.in.Detach()
	c.release()
}

// A channel is a carried link as the broker holds it: two mailboxes without a
// name.
type channel struct {
	out, in *box   // as seen by its first endpoint
	owners  int    // endpoints that have not left or dismissed it
	first   *member // which of the two sees out and in the other way round is the other one
}

// openChannel makes the mailboxes of a link.
func (s *server) openChannel(first *member) *channel {
	c := &channel{out: s.newBox("", channelShape, 0), in: s.newBox("", channelShape, 0), owners: 2, first: first}
	c.out.pinned, c.in.pinned = true, true
	return c
}

// end is the channel's end for an endpoint: what it sends into, what it receives.
func (c *channel) side(m *member) (out, in *box) {
	if m == c.first {
		return c.out, c.in
	}
	return c.in, c.out
}

// letGo says that one of the two is done with the channel. The other one gets
// what is left, and then why.
func (s *server) releaseChannel(c *channel, why error) {
	c.out.end(why)
	c.in.end(why)
	if c.owners--; c.owners == 0 {
		c.out.pinned, c.in.pinned = false, false
	}
	s.tidy(c.out)
	s.tidy(c.in)
}
