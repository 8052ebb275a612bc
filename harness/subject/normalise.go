package subject

import "cmp"

// Normalise fills in the defaults, so that no other code needs to know them, but
// for that of `waiting`: what sleeps without a word is not checked for it. It
// expects claims that [Claims.Check] accepts, and changes nothing when called
// again.
func (c *Claims) Normalise() {
	if c.Agent != "" || c.C != nil {
		c.Control = cmp.Or(c.Control, "pipes")
	}
	if r := c.Profiles.Region; r != nil {
		r.Names = cmp.Or(r.Names, "posix")
		r.Maximum = cmp.Or(r.Maximum, 64<<20)
	}
	if s := c.Profiles.Semaphore; s != nil && s.Maximum == nil {
		s.Maximum = &Range{Min: 32767, Max: 32767}
	}
	for _, b := range []*BufferProfile{c.Profiles.OneToOne, c.Profiles.Many} {
		if b == nil {
			continue
		}
		if b.Capacity.Items != nil {
			b.Slots = cmp.Or(b.Slots, "N")
		}
		b.Empty = cmp.Or(b.Empty, "strict")
	}
	if m := c.Profiles.Mailbox; m != nil {
		m.Delivery = cmp.Or(m.Delivery, "at-most-once")
		m.Order = cmp.Or(m.Order, "fifo")
	}
	if l := c.Profiles.Link; l != nil {
		l.Framing = cmp.Or(l.Framing, FramingMessages)
	}
	for _, profile := range c.Claimed() {
		if s := c.Sharing(profile); s != nil {
			s.Lifetime, s.Handles = cmp.Or(s.Lifetime, LifetimeObject), cmp.Or(s.Handles, HandlesEach)
		}
	}
	if p := c.Programs; p != nil {
		p.Items = cmp.Or(p.Items, 10)
		p.Roles.Producer.StartedBy = cmp.Or(p.Roles.Producer.StartedBy, "kit")
		p.Roles.Consumer.StartedBy = cmp.Or(p.Roles.Consumer.StartedBy, "kit")
		p.Observe.Order = cmp.Or(p.Observe.Order, "fifo")
		p.Observe.End = cmp.Or(p.Observe.End, "exit")
	}
}
