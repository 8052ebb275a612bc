package mailbox

import (
	"bytes"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// A box is a mailbox as the specs of this family use it.
type box struct {
	w     *check.World
	facts check.QueueFacts
	seed  uint64
	size  int64
}

func newBox(w *check.World) *box {
	f := w.Queues()
	return &box{w: w, facts: f, seed: w.Rand.Uint64(), size: f.Size(16)}
}

func (o *box) message(i int) []byte { return check.Item(o.seed, i, o.size) }

// share makes a mailbox for about that many messages and opens it in further
// processes. The first of the handles is its creator's.
func (o *box) share(base string, usable int64, names ...string) []*check.Queue {
	return o.open(o.w.ObjectName(base), o.facts.Shape(usable, o.size), false, names...)
}

func (o *box) open(name string, shape check.QueueShape, owned bool, names ...string) []*check.Queue {
	var list []*check.Queue
	for i, n := range names {
		p := o.w.Process(n)
		open := p.OpenQueue
		if i == 0 {
			open = func(name string) (*check.Queue, error) {
				if owned {
					return p.CreateOwned(name, shape)
				}
				return p.CreateQueue(name, shape)
			}
		}
		q, err := open(name)
		o.w.Must(err, "creating or opening the mailbox by %s", n)
		list = append(list, q)
	}
	return list
}

// send sends messages from to to−1, for which there is room.
func (o *box) send(q *check.Queue, from, to int) {
	for i := from; i < to; i++ {
		o.w.Must(q.Put(o.message(i), subject.Forever), "sending message %d by %s", i, q.Process().Name())
	}
}

// receive expects messages from to to−1, which are there.
func (o *box) receive(q *check.Queue, from, to int, when string) {
	for i := from; i < to; i++ {
		got, err := q.Get(subject.Never)
		if subject.KindOf(err) == subject.Empty {
			o.w.Fail("message %d was not there to be received by %s, %s; receive returned empty", i, q.Process().Name(), when)
		}
		o.w.Must(err, "receiving message %d by %s, %s", i, q.Process().Name(), when)
		o.same(i, got, when)
	}
}

func (o *box) same(i int, got []byte, when string) {
	if want := o.message(i); !bytes.Equal(got, want) {
		o.w.Fail("%s came out where message %d, %s, was due, %s", check.Show(got), i, check.Show(want), when)
	}
}

// none expects that the mailbox is empty.
func (o *box) none(q *check.Queue, when string) {
	got, err := q.Get(subject.Never)
	if err == nil {
		o.w.Fail("%s received %s, %s; it must return empty", q.Process().Name(), check.Show(got), when)
	}
	o.w.Refused(err, []subject.Kind{subject.Empty}, "receiving by %s without waiting, %s", q.Process().Name(), when)
}

// fill sends without waiting until the mailbox is full.
func (o *box) fill(q *check.Queue, from int) int {
	for i := range 1 << 14 {
		err := q.Put(o.message(from+i), subject.Never)
		if subject.KindOf(err) == subject.Full {
			return i
		}
		o.w.Must(err, "sending message %d without waiting", from+i)
	}
	o.w.Fail("the mailbox must be full at some point; it accepted %d messages without waiting", 1<<14)
	return 0
}

// deleted are the ways to say that a mailbox is no longer there.
var deleted = []subject.Kind{subject.Closed, subject.NotFound, subject.PeerDead, subject.OwnerDead}
