package messagepassing

import (
	"context"
	"errors"
	"time"
)

// A relayed transport goes through the broker, because one of the two endpoints
// is on another host, or may be: two private mailboxes, one for each direction,
// that only the two endpoints know. Cut connections are re-established as for
// every mailbox.
type relayed struct {
	out, in *Mailbox
	release func() // tells the broker that this side no longer uses the link
}

// channelShape is the shape of one direction of a relayed link. It buffers
// records.
var channelShape = Shape{Capacity: 64, MessageMax: recordHeader + recordBody}

func newRelayed(broker Broker, peer string, out, in uint64, release func()) *relayed {
	return &relayed{
		out:     &Mailbox{broker: broker, name: peer, shape: channelShape, key: out},
		in:      &Mailbox{broker: broker, name: peer, shape: channelShape, key: in},
		release: release,
	}
}

// descriptor is none: the broker reports when a record has come.
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

// do makes a request that ends with scope as well.
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

// A channel is a relayed link inside the broker: two mailboxes without a name.
type channel struct {
	out, in *box    // as seen by first: out is what it sends to
	owners  int     // members that have not left or released it
	first   *member // the member that asked for the link
}

// openChannel makes the mailboxes of a relayed link.
func (s *server) openChannel(first *member) *channel {
	c := &channel{out: s.newBox("", channelShape, 0), in: s.newBox("", channelShape, 0), owners: 2, first: first}
	c.out.pinned, c.in.pinned = true, true
	return c
}

// side returns the mailbox that a member sends to, and the one it receives from.
func (c *channel) side(m *member) (out, in *box) {
	if m == c.first {
		return c.out, c.in
	}
	return c.in, c.out
}

// releaseChannel ends one member's use of the channel. The other one receives
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
