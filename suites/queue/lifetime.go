package queue

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// NoLeak: many lives leave no descriptor, mapping or object.
func NoLeak(w *check.World) {
	f := w.Queues()
	a, b := w.Process("producer"), w.Process("consumer")
	shape, item := f.Shape(4, 16), check.Item(1, 1, f.Size(16))
	name, lives := w.ObjectName("cycle"), 0
	section.Lives(w, []*check.Process{a, b}, func() {
		q, err := a.CreateQueue(name, shape)
		w.Must(err, "creating the queue")
		r, err := b.OpenQueue(name)
		w.Must(err, "opening it")
		w.Must(q.Put(item, subject.Forever), "putting an item")
		_, err = r.Get(subject.Forever)
		w.Must(err, "getting it")
		_, err = r.Get(subject.Never)
		w.Refused(err, []subject.Kind{subject.Empty}, "getting from the empty queue without waiting")
		if lives++; lives%2 == 0 {
			w.Must(q.Put(item, subject.Forever), "putting an item that no process gets")
		}
		w.Must(r.Detach(), "detaching the consumer")
		w.Must(q.Detach(), "detaching the producer")
		w.Must(a.UnlinkQueue(name), "unlinking the queue")
	})
}

// Gone: what has been unlinked can no longer be opened.
func Gone(w *check.World) {
	p := newPair(w, 4, 16)
	p.put(0, 1)
	name := p.producer.Name
	w.Step("the queue is unlinked")
	w.Must(p.producer.Process().UnlinkQueue(name), "unlinking the queue")
	_, err := w.Process("latecomer").OpenQueue(name)
	w.Refused(err, []subject.Kind{subject.NotFound}, "opening the unlinked queue")
	w.Step("the name can be used again, for a queue that is fresh")
	q, err := p.producer.Process().CreateQueue(name, p.shape)
	w.Must(err, "creating a queue of the same name")
	if got, err := q.Get(subject.Never); err == nil {
		w.Fail("the new queue of the same name must be empty; it holds %s, an item of the old one", check.Show(got))
	}
}

// Drain: after close the consumer gets all that was put, then the end.
func Drain(w *check.World) {
	p := newPair(w, 4, 16)
	n := int(min(p.usable, 4))
	p.put(0, n)
	w.Step("the producer closes with %d items inside", n)
	w.Must(p.producer.Close(), "closing the queue")
	w.Refused(p.producer.Put(p.item(n), subject.Never), []subject.Kind{subject.Closed}, "putting into the closed queue")
	p.get(0, n)
	for range 2 {
		_, err := p.consumer.Get(subject.Forever)
		w.Refused(err, []subject.Kind{subject.Closed}, "getting from the closed and drained queue")
	}
}

// CloseBlocked: close releases all processes that are blocked.
func CloseBlocked(w *check.World) {
	p := newPair(w, 2, 16)
	w.Step("consumers wait at the empty queue; the producer closes it")
	var gets, puts []*check.Call
	for _, consumer := range p.crowd(p.consumer, "consumer") {
		get := consumer.BeginGet(subject.Forever)
		get.Blocks("getting from the empty queue")
		gets = append(gets, get)
	}
	w.Must(p.producer.Close(), "closing the queue")
	for _, get := range gets {
		_, err := get.Item()
		w.Refused(err, []subject.Kind{subject.Closed}, "the get that waited when the queue was closed")
	}

	w.Step("producers wait at a full queue; the consumer closes it")
	q := &pair{w: w, facts: p.facts, shape: p.shape, usable: p.usable, size: p.size, seed: p.seed}
	q.attach(w.Process("producer 2"), w.Process("consumer 2"), w.ObjectName("q2"))
	n := q.full(0)
	for i, producer := range q.crowd(q.producer, "producer") {
		put := producer.BeginPut(q.item(n+i), subject.Forever)
		put.Blocks("putting into the full queue")
		puts = append(puts, put)
	}
	w.Must(q.consumer.Close(), "closing the queue")
	for _, put := range puts {
		_, err := put.Return()
		w.Refused(err, []subject.Kind{subject.Closed}, "the put that waited when the queue was closed")
	}
	w.Step("what was inside can still be got")
	q.get(0, n)
}

// crowd is a handle and, where several may be on its side, those of two processes
// more.
func (p *pair) crowd(first *check.Queue, name string) []*check.Queue {
	list := []*check.Queue{first}
	if profile := p.w.Profile(); profile != subject.ProfileMany && profile != subject.ProfileMailbox {
		return list
	}
	for _, number := range []string{"second", "third"} {
		q, err := p.w.Process(number + " " + name).OpenQueue(first.Name)
		p.w.Must(err, "opening the queue by the %s %s", number, name)
		list = append(list, q)
	}
	return list
}
