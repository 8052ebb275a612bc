// Package queue holds the specs of what a bounded buffer and a mailbox share:
// items go in at one end and come out at the other. They are written once and
// registered for both models under each model's own requirement ids.
package queue

import (
	"bytes"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// pair is one producer process and one consumer process on one queue.
type pair struct {
	w        *check.World
	facts    check.QueueFacts
	shape    check.QueueShape
	usable   int64 // items that fit
	size     int64 // of the items that the spec makes, bytes
	seed     uint64
	producer *check.Queue
	consumer *check.Queue
}

// newPair creates a queue of about that many usable items of about that size;
// the producer's process creates it and the consumer's opens it.
func newPair(w *check.World, usable, size int64) *pair {
	p := plan(w, usable, size)
	p.attach(w.Process("producer"), w.Process("consumer"), w.ObjectName("q"))
	return p
}

// newBriefPair is newPair with a queue that is full, and empty, in a moment.
func newBriefPair(w *check.World, usable, size int64) *pair {
	p := plan(w, usable, size)
	p.enlarge(usable)
	p.attach(w.Process("producer"), w.Process("consumer"), w.ObjectName("q"))
	return p
}

// plan is a pair that has no queue yet.
func plan(w *check.World, usable, size int64) *pair {
	p := &pair{w: w, facts: w.Queues(), seed: w.Rand.Uint64()}
	p.size = p.facts.Size(size)
	p.shape = p.facts.Shape(usable, p.size)
	p.usable = p.facts.Usable(p.shape.Capacity)
	return p
}

// enlarge makes the items of a queue that counts bytes so large that about
// usable of them fit. One that counts items holds no more anyway.
func (p *pair) enlarge(usable int64) {
	if !p.facts.Counted {
		p.size = p.facts.Size(max(p.size, p.shape.Capacity/usable))
		p.shape.ItemMax = p.size
	}
}

// brief is a pair of the same processes on another queue, one that is full, and
// empty, in a moment.
func (p *pair) brief(usable int64) *pair {
	b := *p
	b.enlarge(usable)
	b.attach(p.producer.Process(), p.consumer.Process(), p.w.ObjectName("brief"))
	return &b
}

// beside attaches the processes of another pair to a queue of this one.
func (p *pair) beside(other *pair) *pair {
	p.attach(other.producer.Process(), other.consumer.Process(), p.w.ObjectName("beside"))
	return p
}

func (p *pair) attach(producer, consumer *check.Process, name string) {
	var err error
	p.producer, err = producer.CreateQueue(name, p.shape)
	p.w.Must(err, "creating a queue of capacity %d for items up to %d bytes", p.shape.Capacity, p.shape.ItemMax)
	p.consumer, err = consumer.OpenQueue(name)
	p.w.Must(err, "opening the queue in a second process")
}

func (p *pair) item(i int) []byte { return check.Item(p.seed, i, p.size) }

// put puts items from to to−1; each must be accepted at once.
func (p *pair) put(from, to int) {
	for i := from; i < to; i++ {
		p.w.Must(p.producer.Put(p.item(i), subject.Forever), "putting item %d", i)
	}
}

// get gets items from to to−1 and expects just these, in this order.
func (p *pair) get(from, to int) {
	for i := from; i < to; i++ {
		got, err := p.consumer.Get(subject.Forever)
		p.w.Must(err, "getting item %d", i)
		p.same(i, got)
	}
}

// same expects that got is item i, and says what it is otherwise.
func (p *pair) same(i int, got []byte) {
	want := p.item(i)
	if bytes.Equal(got, want) {
		return
	}
	for other := range i + 64 {
		if other != i && len(got) > 0 && bytes.Equal(got, p.item(other)) {
			p.w.Fail("the item that was put as number %d came out where number %d was due", other, i)
		}
	}
	p.w.Fail("item %d went in as %s and came out as %s", i, check.Show(want), check.Show(got))
}

// fill puts without waiting until the queue says full; it gives the number
// accepted, and gives up above the limit.
func (p *pair) fill(from, limit int) int {
	for i := range limit {
		err := p.producer.Put(p.item(from+i), subject.Never)
		if subject.KindOf(err) == subject.Full {
			return i
		}
		p.w.Must(err, "putting item %d without waiting", from+i)
	}
	return limit
}

// getWaits has a get wait at the empty queue until item i comes.
func (p *pair) getWaits(i int) {
	get := p.consumer.BeginGet(subject.Forever)
	get.Blocks("getting from the empty queue")
	p.put(i, i+1)
	p.brings(get, i)
}

// brings expects that a get that waited comes back with item i.
func (p *pair) brings(get *check.Call, i int) {
	got, err := get.Item()
	p.w.Must(err, "the get that waited")
	p.same(i, got)
}

// full fills the queue, however much fits, and gives the number accepted. One
// that takes far more than was claimed is given up.
func (p *pair) full(from int) int {
	most := p.usable
	if !p.facts.Counted {
		most = p.shape.Capacity / max(p.size, 1)
	}
	return p.fill(from, max(fillLimit, int(most)+64))
}

// makeRoom takes the items from first to next−1, which fill the queue, until a
// put that waits has come back, and gives the first that is left. Where capacity
// is counted in bytes, one item fewer may still be too little room.
func (p *pair) makeRoom(put *check.Call, first, next int) (left int) {
	for left = first; left < next && !put.Returned(); {
		p.get(left, left+1)
		left++
		if p.facts.Counted {
			break
		}
		time.Sleep(time.Millisecond)
	}
	_, err := put.Return()
	p.w.Must(err, "the put that waited")
	return left
}

// empty expects that the queue holds nothing.
func (p *pair) empty() {
	got, err := p.consumer.Get(subject.Never)
	if err == nil {
		p.w.Fail("one more item came out after the last: %s", check.Show(got))
	}
	p.w.Refused(err, []subject.Kind{subject.Empty}, "getting from the empty queue without waiting")
}
