package check

import (
	"github.com/ipckit/ipckit/harness/subject"
)

// QueueFacts are what the subject claims of its buffers or mailboxes, in the
// form in which specs need them.
type QueueFacts struct {
	Capacities subject.Range // that may be asked for, items or bytes
	Counted    bool          // capacity is counted in items, so it must hold exactly
	Min, Max   int64         // item size, bytes
	CanClose   bool
	CanCancel  bool // an operation that waits can be ended from outside
	Spins      bool // waiters use processor time
	Relaxed    bool // try may report empty or full while another operation is in flight

	reserved int64 // slots that stay empty: 1 for the N−1 ring
	beside   int64 // bytes that each item may need beside its own, where bytes are counted
}

// Queues gives the facts for the profile being checked.
func (w *World) Queues() QueueFacts {
	var f QueueFacts
	var capacity subject.Capacity
	var item subject.Item
	switch p := w.Claims().Profiles; w.Profile() {
	case "mailbox":
		m := p.Mailbox
		capacity, item = m.Capacity, m.Item
		f.CanClose, f.CanCancel, f.Spins = m.Close, m.Cancel, m.Waiting == "spin"
	case "link":
		l := p.Link
		capacity.Bytes, item = &subject.Range{Min: l.Buffering, Max: l.Buffering}, l.Item
		f.Spins = l.Waiting == "spin"
	default:
		b := p.OneToOne
		if w.Profile() == "buffer.many" {
			b = p.Many
		}
		capacity, item = b.Capacity, b.Item
		f.CanClose, f.CanCancel, f.Spins, f.Relaxed = b.Close, b.Cancel, b.Waiting == "spin", b.Empty == "relaxed"
		f.beside = header
		if b.Slots == "N-1" {
			f.reserved = 1
		}
	}
	f.Min, f.Max = int64(item.Min), int64(item.Max)
	if item.Fixed > 0 {
		f.Min, f.Max = int64(item.Fixed), int64(item.Fixed)
	}
	if capacity.Items != nil {
		f.Capacities, f.Counted = *capacity.Items, true
	} else if capacity.Bytes != nil {
		f.Capacities = *capacity.Bytes
	}
	f.Capacities.Min = max(f.Capacities.Min, 1) // a spec that wants a rendezvous asks for it itself
	return f
}

// header is more than a buffer that counts its capacity in bytes keeps beside
// each item. A mailbox counts what its messages have.
const header = 64

// Capacity is the nearest to the wanted number of usable items that may be
// asked for.
func (f QueueFacts) Capacity(usable int64) int64 {
	want := usable + f.reserved
	if !f.Counted {
		want = usable * max(f.Max+f.beside, 1)
	}
	return min(max(want, int64(f.Capacities.Min)), int64(f.Capacities.Max))
}

// Usable is how many items fit into a queue of that capacity; of one counted
// in bytes, how many fit at least when each has the largest size.
func (f QueueFacts) Usable(capacity int64) int64 {
	if f.Counted {
		return capacity - f.reserved
	}
	return max(capacity/max(f.Max+f.beside, 1), 1)
}

// Size is the nearest to the wanted size that an item may have.
func (f QueueFacts) Size(wanted int64) int64 { return min(max(wanted, f.Min), f.Max) }

// Shape is what to create a queue with for about that many usable items of
// up to that size.
func (f QueueFacts) Shape(usable, itemMax int64) QueueShape {
	return QueueShape{Capacity: f.Capacity(usable), ItemMax: f.Size(itemMax)}
}
