package messagepassing

import "fmt"

// A box is a mailbox inside the broker: the queue of its messages, and the
// queues of requests that wait. It does no input or output, and only the
// broker's single thread uses it, so every request takes effect at one moment
// between its arrival and its answer. That makes the mailbox linearizable
// (Herlihy, Wing, Linearizability: A Correctness Condition for Concurrent
// Objects, TOPLAS 12(3), 1990).
//
// Invariant: a request waits only while it cannot be served.
//   - a receive waits: no message is queued and no send waits;
//   - a send waits: the queue is full, or the capacity is 0.
type box struct {
	name      string
	key       uint64 // identifies it to processes that have it open, also after its deletion
	shape     Shape
	messages  queue[*message]
	senders   queue[*request]
	receivers queue[*request] // all of one priority: first in, first out
	ended     error           // reported to senders once the mailbox is closed; nil while open
	owner     uint32          // process id, if shape.Owned
	users     map[uint32]int  // number of attached connections, by process id
	bytes     int             // of all queued messages
	peak      int             // maximum of bytes since it was last empty
	onDrained func(peak int)  // called when it becomes empty
	watcher   *member         // in a channel: the member that receives from it
	pinned    bool            // in a channel: in use even without attached connections
}

// A message as the broker holds it. It is immutable: the kernel copied the bytes
// into memory that the sender cannot reach.
type message struct {
	body     []byte
	priority uint32
	from     credentials
}

// credentials identify the process at the other end of a connection, as the
// kernel reports it.
type credentials struct {
	pid, uid, gid uint32 // pid is a number that the broker assigned if the process is on another host
	name          string
	host          string // "" for this host
}

// A request is a send or a receive that the broker has read.
type request struct {
	from    *client
	room    int      // receive: maximum message size in bytes
	message *message // send
	waits   *box     // the box that it waits in; nil once answered
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

// send queues a message, passes it to a waiting receiver, or has the request
// wait.
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
	// At capacity 0 a waiting receiver takes the message directly from the
	// sender.
	b.senders.push(r.priority(), r)
	r.waits = b
	b.settle()
	if never && r.waits != nil {
		b.withdraw(r, ErrFull)
	}
}

// receive answers with the first message, or has the request wait for one.
func (b *box) receive(r *request, never bool) {
	if b.shape.Owned && r.from.pid != b.owner {
		r.refuse(ErrPermission, fmt.Sprintf("only its owner, process %d, may receive from it", b.owner))
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

// put appends a message, take removes the first one.
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
		for b.hasRoom() { // a slot is free: queue the next waiting sender's message
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

// serve passes the first message to the first receiver, and reports whether that
// receiver was answered.
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
		return true // its process is dead: the message goes to the next receiver
	}
	if fromSender {
		b.senders.pop()
		s.accept()
	} else {
		b.take()
	}
	return true
}

// withdraw removes a waiting request, which has then had no effect. It answers
// with why, or not at all if why is nil.
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

// giveBack returns the message of a dead receiver to the head of the queue,
// which may then exceed the capacity by the number of such messages.
func (b *box) giveBack(m *message) {
	b.messages.unpop(int(m.priority), m)
	b.bytes += len(m.body)
	b.settle()
}

// end closes the box for sending: waiting senders are refused, and receivers are
// refused once the queue is empty.
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

// notifyWatcher has the member that watches this box look again.
func (b *box) notifyWatcher() {
	if b.watcher != nil {
		b.watcher.notify()
	}
}

// attach counts a connection of a process.
func (b *box) attach(pid uint32) { b.users[pid]++ }

// detach discounts one, and reports whether it was the owner's last.
func (b *box) detach(pid uint32) (ownerLeft bool) {
	b.users[pid]--
	if b.users[pid] > 0 {
		return false
	}
	delete(b.users, pid)
	return b.shape.Owned && pid == b.owner
}

// handOver makes another process the owner. The old owner's waiting receives are
// refused.
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
