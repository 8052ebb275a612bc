// Package network holds what checks mailboxes and links between hosts (family NET): the
// specs of both, with their processes on two hosts, and what a connection that is cut
// and heals may do.
package network

import (
	"bytes"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/link"
	"github.com/ipckit/ipckit/suites/queue"
)

// Specs registers the NET family.
func Specs(s *check.Suite) {
	s.It("NET-MAILBOX", overMailbox, check.TwoHosts())
	s.It("NET-LINK", overLink, check.TwoHosts())
	s.It("NET-CUT", cut, check.TwoHosts(), check.Waits())
	s.It("NET-HEAL", heal, check.TwoHosts(), check.Waits())
}

// A part is a spec of another family that must hold between hosts, too.
type part struct {
	what string
	body func(*check.World)
}

// between runs parts, each with its first process on either host.
func between(w *check.World, profile string, parts []part) {
	w.Connect()
	for _, p := range parts {
		for _, first := range []check.Host{check.Near, check.Far} {
			w.AcrossHosts(p.what, profile, first, p.body)
		}
	}
}

func overMailbox(w *check.World) {
	parts := []part{
		{"order", queue.FIFO}, {"content", queue.Content}, {"boundaries", queue.Boundary},
		{"capacity", queue.Capacity}, {"a full mailbox", queue.Full}, {"an empty mailbox", queue.Empty},
		{"sending without waiting", queue.TryFull}, {"receiving without waiting", queue.TryEmpty},
		{"waking", queue.Wake}, {"too large a message", queue.Oversize}, {"a deleted mailbox", queue.Gone},
	}
	if w.Claims().Profiles.Mailbox.Close {
		parts = append(parts, part{"a closed mailbox", queue.Drain})
	}
	between(w, subject.ProfileMailbox, parts)
}

func overLink(w *check.World) {
	parts := []part{
		{"receiving from one", link.Named}, {"two directions", link.Pair}, {"order", link.Order}, {"content", link.Content},
		{"a peer's death", link.Dead},
	}
	if w.Claims().Profiles.Link.Framing != subject.FramingStream {
		parts = append(parts, part{"boundaries", link.Boundary})
	}
	if w.ClaimsExtended("LINK-ANY") {
		parts = append(parts, part{"receiving from any", link.Any})
	}
	between(w, subject.ProfileLink, parts)
}

// A span has two ends on the two hosts: a mailbox or a link.
type span struct {
	profile   string
	near, far *check.Queue
}

// spans makes a mailbox and a link, where they are claimed.
func spans(w *check.World) (all []span) {
	p := w.Claims().Profiles
	for _, profile := range []string{subject.ProfileMailbox, subject.ProfileLink} {
		if profile == subject.ProfileMailbox && p.Mailbox == nil || profile == subject.ProfileLink && p.Link == nil {
			continue
		}
		w.As(profile, func() {
			name := w.ObjectName(profile)
			near, err := w.ProcessOn(check.Near, "near "+profile).CreateQueue(name, w.Queues().Shape(64, 64))
			w.Must(err, "making a %s", profile)
			far, err := w.ProcessOn(check.Far, "far "+profile).OpenQueue(name)
			w.Must(err, "opening the %s from the far host", profile)
			all = append(all, span{profile, near, far})
		})
	}
	return all
}

// cut looks whether operations come back while the connection is cut: it heals
// only when they have.
func cut(w *check.World) {
	w.IgnoreLeftovers() // after a cut the one side keeps for a while what the other may come back for
	w.Connect()
	for _, x := range spans(w) {
		profile, near, far := x.profile, x.near, x.far
		size := w.SizeIn(profile, 32)
		pass := func(from, to *check.Queue, i int) {
			m := check.Item(w.Rand.Uint64(), i, size)
			w.Must(from.Put(m, subject.Forever), "sending over the %s", profile)
			got, err := to.Get(subject.Forever)
			w.Must(err, "receiving over the %s", profile)
			if !bytes.Equal(got, m) {
				w.Fail("%s was sent over the %s and %s received", check.Show(m), profile, check.Show(got))
			}
		}
		w.Step("a message goes each way over the %s", profile)
		pass(near, far, 1)
		pass(far, near, 2)

		const limit = subject.Wait(700 * time.Millisecond)
		w.Step("the far host waits for a message of the %s, for at most %v", profile, time.Duration(limit))
		call := far.BeginGet(limit)
		time.Sleep(50 * time.Millisecond) // it waits by then; if not, it begins over a connection that is cut
		w.Cut()
		fails := func(c *check.Call, what string) {
			if _, err := c.Return(); err == nil {
				w.Fail("%s over the %s succeeded, although the connection is cut", what, profile)
			}
		}
		fails(call, "a receive that began before the cut")
		for range 2 {
			fails(far.BeginGet(limit), "a receive on the far host")
			fails(near.BeginGet(limit), "a receive on the near host")
		}
		// What is sent may be taken by this side, to be carried over later; it
		// comes back all the same.
		_, _ = far.BeginPut(check.Item(1, 3, size), limit).Return()
		w.Heal()
	}
}

// heal counts what has arrived after a connection was cut and has healed, a few
// times. A send that was refused may have arrived, or not.
func heal(w *check.World) {
	w.IgnoreLeftovers() // as in cut
	w.Connect()
	for _, x := range spans(w) {
		for _, way := range []struct {
			name     string
			from, to *check.Queue
		}{{"from the far host", x.far, x.near}, {"from the near host", x.near, x.far}} {
			w.Step("messages go over the %s, %s", x.profile, way.name)
			m := &mended{w: w, size: w.SizeIn(x.profile, 32), seed: w.Rand.Uint64(), last: -1, seen: map[int]bool{}, near: way.to == x.near}
			m.exchange(way.from, way.to)
		}
	}
}

// mended is the messages of one direction over a connection that is cut and heals.
type mended struct {
	w        *check.World
	size     int64
	seed     uint64
	accepted []bool // by number
	last     int    // number of the last one that was received
	seen     map[int]bool
	near     bool // the receiver is: a receive that fails has taken nothing
}

func (m *mended) next() []byte {
	m.accepted = append(m.accepted, false)
	return check.Item(m.seed, len(m.accepted), m.size)
}

func (m *mended) sent(err error) { m.accepted[len(m.accepted)-1] = err == nil }

// exchange sends before a cut, during it so that the connection heals meanwhile, during
// it for too short, and after it.
func (m *mended) exchange(from, to *check.Queue) {
	const short, long = subject.Wait(300 * time.Millisecond), subject.Wait(20 * time.Second)
	w := m.w
	for round := range 3 {
		w.Step("round %d", round+1)
		m.sent(from.Put(m.next(), long))
		w.Cut()
		call := from.BeginPut(m.next(), long)
		time.Sleep(400 * time.Millisecond) // the connection heals while it waits, or has returned
		w.Heal()
		_, err := call.Return()
		m.sent(err)
		_ = m.drain(to, subject.Never)
		w.Cut()
		m.sent(from.Put(m.next(), short))
		_ = m.drain(to, short) // what had come before the cut, if anything
		w.Heal()
		m.sent(from.Put(m.next(), long))
	}
	w.Step("what has not come yet comes")
	w.Must(from.Put(m.next(), subject.Forever), "sending after the connection has healed")
	const patience = 50 // the first receives may still report the cut
	for tries := 1; m.last != len(m.accepted)-1; tries++ {
		if err := m.drain(to, subject.Forever); err != nil {
			if tries == patience {
				w.Must(err, "receiving after the connection has healed")
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	w.Step("nothing comes after the last")
	_ = m.drain(to, short)
	for i, accepted := range m.accepted {
		if accepted && m.near && !m.seen[i] {
			w.Fail("message %d of %d was accepted and never came", i+1, len(m.accepted))
		}
	}
}

// drain receives until there is nothing, or the last message has come.
func (m *mended) drain(to *check.Queue, wait subject.Wait) error {
	for {
		got, err := to.Get(wait)
		if err != nil {
			return err
		}
		number := -1
		for i := range m.accepted {
			if bytes.Equal(got, check.Item(m.seed, i+1, m.size)) {
				number = i
			}
		}
		switch {
		case number < 0:
			m.w.Fail("%s came, which no process has sent", check.Show(got))
		case m.seen[number]:
			m.w.Fail("message %d of %d came twice", number+1, len(m.accepted))
		case number < m.last:
			m.w.Fail("message %d came after message %d", number+1, m.last+1)
		}
		m.seen[number], m.last = true, number
		if number == len(m.accepted)-1 && wait == subject.Forever {
			return nil
		}
	}
}
