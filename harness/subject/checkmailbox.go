package subject

import (
	"slices"
	"strconv"
)

func (k *checker) mailbox(m *MailboxProfile) {
	if m == nil {
		return
	}
	in := within(ProfileMailbox)
	k.capacity(in, m.Capacity, m.Item, 0)
	k.item(in, m.Item)
	k.word(in("delivery"), m.Delivery, "at-most-once", "at-least-once")
	k.word(in("order"), m.Order, "fifo", "priority")
	k.word(in("waiting"), m.Waiting, "sleep", "spin")
	if r := m.Capacity.Items; r != nil && r.Max == 0 {
		k.bad(in("capacity", "items"), "a mailbox that is never more than a rendezvous holds nothing to look at: claim a range that starts at 0, such as {min: 0, max: 8}")
	}
	if r := m.Capacity.Bytes; r != nil && r.Min == 0 && m.Capacity.Items == nil {
		k.bad(in("capacity", "bytes"), "a rendezvous is counted in items: say {items: {min: 0, max: …}}, or start at 1 byte")
	}
	k.needs("BOX-PRIORITY", m.Order == "priority", "the order to be priority: say order: priority in profile mailbox")
	k.needs("CAP-UNBOUNDED", m.Unbounded, "a capacity without bound: say unbounded: true in profile mailbox")
	k.needs("CAP-ZERO", m.rendezvous(), "a capacity of 0: say capacity: {items: {min: 0, max: …}} in profile mailbox")
	if k.claims.Profiles.Link == nil {
		k.needs("SYNC-RENDEZVOUS", m.rendezvous(), "a capacity of 0: say capacity: {items: {min: 0, max: …}} in profile mailbox")
		k.needs("SYNC-CANCEL", m.Cancel, "operations that can be cancelled: say cancel: true in profile mailbox")
	}
}

// rendezvous reports whether a mailbox of capacity 0 can be asked for.
func (m *MailboxProfile) rendezvous() bool {
	return m.Capacity.Items != nil && m.Capacity.Items.Min == 0
}

// needs refuses an extended requirement that is claimed without what it is about.
func (k *checker) needs(id string, met bool, what string) {
	if i := slices.Index(k.claims.Extended, id); i >= 0 && !met {
		k.bad(at("extended", strconv.Itoa(i)), "%s needs %s", id, what)
	}
}
