package messagepassing

import "fmt"

// A box is a mailbox inside the broker: the queue of its messages, and of
// the requests that wait. It does no input or output, and the broker's only
// thread runs it, so that every request takes effect at one moment: between its
// arrival and its answer. That makes the mailbox linearizable (Herlihy, Wing,
// Linearizability, TOPLAS 12(3), 1990).
//
// Invariant: requests wait only for what is not there.
//   - a receive waits: no message is queued and no send waits;
//   - a send waits: the queue is full, or the capacity is 0.
type box struct {
	name      string
	key       uint64 // names it to processes that have it open already
	shape     Shape
	messages  queue[*message]
	senders   queue[*request]
	receivers queue[*request] // all of one priority: first come, first served
	ended     error           // why nothing more may be sent; nil while open
	owner     uint32          // process, where the shape says Owned
	users     map[uint32]int  // attached connections by process
	bytes     int             // queued
	peak      int             // the most bytes since it was last empty
	onDrained   func(peak int)  // told when it becomes empty
	watcher   *member          // a channel's: who receives from it
	pinned      bool            // a channel's: in use, although nobody may be attached
}

// A message as the broker holds it. It is never changed: the bytes went through
// the kernel into memory that the sender cannot reach.
type message struct {
	body     []byte
	priority uint32
	from     credentials
}

// credentials are what the kernel says of a connection's other end.
type credentials struct {
	pid, uid, gid uint32 // pid is a number of the broker's own for a process on another host
	name          string
	host          string // "" on this one
}

// A request is a send or a receive that the broker has read.
type request struct {
	from    *client
	room    int      // receive: the largest message that can be taken
	message *message // send
	waits   *box     // where it waits; nil once answered
}

func (r *request) priority() int {
	if r.message != nil {
		return int(r.message.priority)
	}
	return 0
}

func newBox(name string, key uint64, shape Shape, owner uint32, drained func(peak int)) *box {
	return &box{name: name, key: key, shape: shape, owner: owner, users: map[uint32]int{}, onDrained: drained}
}

// send accepts a message, hands it straight to a receiver, or lets it wait.
func (b *box) send(r *request, never bool) {
	if b.ended != nil {
		r.done(b.ended)
		return
	}
	if len(r.message.body) > b.shape.MessageMax {
		r.refuse(ErrTooLarge, fmt.Sprintf("%d bytes: at most %d", len(r.message.body), b.shape.MessageMax))
		return
	}
	if b.hasRoom() {
		b.put(r.message)
		r.accept()
		b.settle()
		return
	}
	// At capacity 0 a waiting receiver takes the message from the sender's hand.
	b.senders.push(r.priority(), r)
	r.waits = b
	b.settle()
	if never && r.waits != nil {
		b.withdraw(r, ErrFull)
	}
}

// receive takes the first message, or waits for one.
func (b *box) receive(r *request, never bool) {
	if b.shape.Owned && r.from.pid != b.owner {
		r.refuse(ErrPermission, fmt.Sprintf("only its owner, process %d, receives from it", b.owner))
		return
	}
	b.receivers.push(r.priority(), r)
	r.waits = b
	b.settle()
	if never && r.waits != nil {
		b.withdraw(r, ErrEmpty)
	}
}

func (b *box) hasRoom() bool {
	return b.shape.Capacity == Unbounded || b.messages.length < b.shape.Capacity
}

// put queues a message, take removes the first one.
func (b *box) put(m *message) {
	b.messages.push(int(m.priority), m)
	b.bytes += len(m.body)
	b.peak = max(b.peak, b.bytes)
	b.notifyWatcher()
}

func (b *box) take() {
	m, _ := b.messages.pop()
	b.bytes -= len(m.body)
	if b.messages.length == 0 {
		b.onDrained(b.peak)
		b.peak = 0
	}
}

// settle restores the invariant after any change.
func (b *box) settle() {
	for {
		for b.hasRoom() { // a slot was freed: the next sender's message moves in
			s, ok := b.senders.pop()
			if !ok {
				break
			}
			b.put(s.message)
			s.accept()
		}
		r, ok := b.receivers.first()
		if !ok || !b.serve(r) {
			break
		}
	}
	if b.ended == nil {
		return
	}
	for r, ok := b.receivers.pop(); ok; r, ok = b.receivers.pop() {
		r.done(b.ended)
	}
}

// serve gives the first message to the first receiver, and reports whether that
// receiver got an answer.
func (b *box) serve(r *request) bool {
	m, queued := b.messages.first()
	s, waiting := b.senders.first()
	fromSender := waiting && (!queued || s.message.priority > m.priority) && b.shape.Capacity == Rendezvous
	if fromSender {
		m = s.message
	} else if !queued {
		return false
	}
	b.receivers.pop()
	if len(m.body) > r.room {
		r.refuse(ErrTooLarge, fmt.Sprintf("the next message has %d bytes and the buffer %d; it stays in the mailbox", len(m.body), r.room))
		return true
	}
	if !r.deliver(b, m) {
		return true // its process has died; the next receiver gets the message
	}
	if fromSender {
		b.senders.pop()
		s.accept()
	} else {
		b.take()
	}
	return true
}

// withdraw takes a waiting request back; it has had no effect.
func (b *box) withdraw(r *request, why error) {
	if r.message != nil {
		b.senders.remove(r.priority(), r)
	} else {
		b.receivers.remove(r.priority(), r)
	}
	if why == nil {
		r.waits = nil
		return
	}
	r.refuse(why, "")
}

// giveBack puts a message whose receiver died in front again. It may exceed the
// capacity by the messages that were in hand.
func (b *box) giveBack(m *message) {
	b.messages.unpop(int(m.priority), m)
	b.bytes += len(m.body)
	b.settle()
}

// end lets nothing more in. Senders who wait are refused, receivers get what is
// left and are refused then.
func (b *box) end(why error) {
	if b.ended != nil {
		return
	}
	b.ended = why
	for s, ok := b.senders.pop(); ok; s, ok = b.senders.pop() {
		s.done(why)
	}
	b.settle()
	b.notifyWatcher()
}

// stir tells the endpoint that watches it, if one does.
func (b *box) notifyWatcher() {
	if b.watcher != nil {
		b.watcher.notify()
	}
}

// attach counts a connection of a process.
func (b *box) attach(pid uint32) { b.users[pid]++ }

// detach forgets one, and reports whether it was the owner's last.
func (b *box) detach(pid uint32) (ownerLeft bool) {
	b.users[pid]--
	if b.users[pid] > 0 {
		return false
	}
	delete(b.users, pid)
	return b.shape.Owned && pid == b.owner
}

// handOver makes another process the owner: it alone receives from now on, and
// its end is the mailbox's. Whatever the old owner waits for is refused.
func (b *box) handOver(from, to uint32) error {
	switch {
	case !b.shape.Owned:
		return fmt.Errorf("%w: it was created without an owner", ErrInvalid)
	case from != b.owner:
		return fmt.Errorf("%w: only its owner, process %d, can hand it over", ErrPermission, b.owner)
	case b.users[to] == 0:
		return fmt.Errorf("%w: process %d has not opened it; the new owner must have it open", ErrNotExist, to)
	}
	b.owner = to
	for r, ok := b.receivers.pop(); ok; r, ok = b.receivers.pop() {
		r.refuse(ErrPermission, fmt.Sprintf("it was handed over to process %d", to))
	}
	return nil
}
