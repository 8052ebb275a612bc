package queue

import (
	"bytes"
	"math"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Capacity: as many items fit as are claimed, again and again.
func Capacity(w *check.World) {
	p := newPair(w, 8, 16)
	for round := range 3 {
		w.Step("round %d: items go in until the queue is full", round+1)
		limit := int(p.usable) + 16
		if !p.facts.Counted {
			limit = int(p.shape.Capacity/p.size) + 16
		}
		n := p.fill(0, limit)
		if p.facts.Counted && int64(n) != p.usable {
			w.Fail("a queue of capacity %d took %s; %s", p.shape.Capacity, countItems(n), claimed(p.usable))
		}
		if int64(n) < p.usable {
			w.Fail("a queue of %d bytes took %d items of %d bytes; at least %d must fit", p.shape.Capacity, n, p.size, p.usable)
		}
		if bytes := int64(n) * p.size; !p.facts.Counted && bytes > p.shape.Capacity+p.size {
			w.Fail("a queue of %d bytes took %d items of %d bytes; at most one more than its bytes may fit", p.shape.Capacity, n, p.size)
		}
		p.get(0, n)
	}
}

// TryFull: putting without waiting into a full queue is refused at once, and
// changes nothing.
func TryFull(w *check.World) {
	p := newPair(w, 4, 16)
	n := p.full(0)
	w.Step("the queue is full; a put without waiting comes back")
	for range 3 {
		w.Refused(p.producer.Put(p.item(n+1), subject.Never), []subject.Kind{subject.Full}, "putting into the full queue without waiting")
	}
	w.Step("what was inside comes out unharmed")
	p.get(0, n)
	p.empty()
	w.Step("after that there is room again")
	w.Must(p.producer.Put(p.item(0), subject.Never), "putting without waiting into the emptied queue")
	p.get(0, 1)
}

// fillLimit bounds a fill whose end is not the matter of the spec.
const fillLimit = 1 << 12

// TryEmpty: getting without waiting from an empty queue is refused at once.
func TryEmpty(w *check.World) {
	p := newPair(w, 4, 16)
	w.Step("the queue is fresh")
	p.empty()
	w.Step("one item goes in and comes out")
	p.put(0, 1)
	got, err := p.consumer.Get(subject.Never)
	w.Must(err, "getting without waiting what has been put")
	p.same(0, got)
	p.empty()
}

// One: the smallest capacity claimed works like any other.
func One(w *check.World) {
	p := newPair(w, 1, 16)
	w.Step("the smallest queue: capacity %d, %d usable", p.shape.Capacity, p.usable)
	for round := range 3 {
		n := p.full(0)
		if p.facts.Counted && int64(n) != p.usable {
			w.Fail("round %d: it took %s; %s", round+1, countItems(n), claimed(p.usable))
		}
		put := p.producer.BeginPut(p.item(n), subject.Forever)
		put.Blocks("putting into the full queue")
		p.get(p.makeRoom(put, 0, n), n+1)
		p.empty()
	}
}

// Huge: an absurd shape is refused, not wrapped into a small one.
func Huge(w *check.World) {
	f := w.Queues()
	a, b := w.Process("creator"), w.Process("opener")
	name := w.ObjectName("huge")
	item := f.Size(16)
	shapes := []check.QueueShape{
		{Capacity: 0, ItemMax: item}, {Capacity: -1, ItemMax: item},
		{Capacity: math.MaxInt64, ItemMax: item}, {Capacity: 1 << 62, ItemMax: item}, {Capacity: math.MinInt64, ItemMax: item},
		{Capacity: 1 << 61, ItemMax: 16}, {Capacity: 1<<60 + 1, ItemMax: 16}, // times 16 is 0 or 16 in 64 bits
		{Capacity: f.Capacity(8), ItemMax: -1}, {Capacity: f.Capacity(8), ItemMax: 1 << 62},
	}
	for _, s := range shapes {
		w.Step("a queue of capacity %d for items up to %d bytes is asked for", s.Capacity, s.ItemMax)
		if _, err := a.CreateQueue(name, s); err == nil {
			w.Fail("a queue of capacity %d for items up to %d bytes was created", s.Capacity, s.ItemMax)
		}
		_, err := b.OpenQueue(name)
		w.Refused(err, []subject.Kind{subject.NotFound}, "opening the queue that was refused")
	}
	w.Step("an ordinary one can still be made under the same name")
	_, err := a.CreateQueue(name, f.Shape(8, 16))
	w.Must(err, "creating it")
}

// Oversize: an item above the maximum is refused and the queue is unharmed.
func Oversize(w *check.World) {
	f := w.Queues()
	p := newPair(w, 4, min(f.Max, 64))
	top := p.shape.ItemMax
	offer := func(where string, refusals ...subject.Kind) {
		for _, size := range []int64{top + 1, top + 8, 2*top + 1} {
			w.Step("an item of %d bytes is offered to the queue, which %s; the largest is %d", size, where, top)
			err := p.producer.Put(bytes.Repeat([]byte{0xa5}, int(size)), subject.Never)
			w.Refused(err, append(refusals, subject.TooLarge, subject.Invalid), "putting an item of %d bytes where %d is the largest", size, top)
		}
	}
	offer("is empty")
	p.put(0, 1)
	if p.facts.Counted && p.usable > 1 {
		offer("has room")
	} else {
		offer("may be full", subject.Full) // the text does not say which is looked at first
	}
	if w.Profile() == subject.ProfileMailbox && p.size > 1 {
		w.Step("a receiver has room for %d bytes, and the message has %d", p.size-1, p.size)
		_, err := p.consumer.BeginGetInto(p.size-1, subject.Never).Item()
		w.Refused(err, []subject.Kind{subject.TooLarge, subject.Invalid}, "receiving a message of %d bytes into room for %d", p.size, p.size-1)
	}
	w.Step("the queue goes on as before")
	n := 1
	if p.usable > 1 {
		p.put(1, 2)
		n = 2
	}
	p.get(0, n)
	p.empty()
}
