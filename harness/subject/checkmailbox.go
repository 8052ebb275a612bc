package subject

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
}
