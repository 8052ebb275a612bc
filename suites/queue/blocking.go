package queue

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Full: a put blocks when the queue is full, and goes on when there is room.
func Full(w *check.World) {
	p := newPair(w, 4, 16)
	first, next := 0, p.full(0)
	for round := range 3 {
		w.Step("round %d: the queue holds %d items and is full; a put waits", round+1, next-first)
		put := p.producer.BeginPut(p.item(next), subject.Forever)
		put.Blocks("putting into the full queue")
		w.Step("there is room; the put goes on")
		first = p.makeRoom(put, first, next)
		next++
		next += p.full(next)
	}
	p.get(first, next)
	p.empty()
}

// Empty: a get blocks when the queue is empty, and goes on when an item comes.
func Empty(w *check.World) {
	p := newPair(w, 4, 16)
	for round := range 3 {
		w.Step("round %d: the queue is empty; a get waits until an item comes", round+1)
		p.getWaits(round)
	}
	p.empty()
}

// ConsumerFirst: the consumer may start, and wait, before there is a producer;
// and the other way about.
func ConsumerFirst(w *check.World) {
	f := w.Queues()
	p := &pair{w: w, facts: f, seed: w.Rand.Uint64(), size: f.Size(16), shape: f.Shape(4, 16)}
	p.usable = f.Usable(p.shape.Capacity)
	name := w.ObjectName("first")
	var err error

	w.Step("the consumer makes the queue and waits; there is no producer yet")
	consumer := w.Process("consumer")
	p.consumer, err = consumer.CreateQueue(name, p.shape)
	w.Must(err, "creating the queue")
	get := p.consumer.BeginGet(subject.Forever)
	get.Blocks("getting from the empty queue")
	w.Step("the producer starts and puts")
	p.producer, err = w.Process("producer").OpenQueue(name)
	w.Must(err, "opening the queue")
	p.put(0, 1)
	p.brings(get, 0)

	w.Step("the producer starts alone and puts; the consumer starts after that")
	other := w.ObjectName("second")
	p.producer, err = w.Process("producer 2").CreateQueue(other, p.shape)
	w.Must(err, "creating the queue")
	p.put(1, 2)
	p.consumer, err = w.Process("consumer 2").OpenQueue(other)
	w.Must(err, "opening the queue")
	p.get(1, 2)
	p.empty()
}

// EINTR: a signal neither ends a wait nor passes for an item.
func EINTR(w *check.World) {
	p := newPair(w, 2, 16)
	w.Step("the consumer waits for an item while signals arrive")
	get := p.consumer.BeginGet(subject.Forever)
	get.Blocks("getting from the empty queue")
	during := p.consumer.Process().Disturb(10)
	get.StillBlocked("getting from the empty queue, during %s", during)
	p.put(0, 1)
	got, err := get.Item()
	w.Must(err, "the get that waited during %s", during)
	p.same(0, got)

	w.Step("the producer waits for room while signals arrive")
	n := p.full(1)
	put := p.producer.BeginPut(p.item(n+1), subject.Forever)
	put.Blocks("putting into the full queue")
	during = p.producer.Process().Disturb(10)
	put.StillBlocked("putting into the full queue, during %s", during)
	p.get(1, n+1)
	_, err = put.Return()
	w.Must(err, "the put that waited during %s", during)
	p.get(n+1, n+2)
	p.empty()
	p.producer.Process().Interrupted()
}

// brief is a time limit that is reached.
const brief = subject.Wait(5 * time.Millisecond)

// Abandoned: after refusals everything works as before, and no process is left
// asleep.
func Abandoned(w *check.World) {
	p := newPair(w, 3, 16)
	w.Step("100 gets without waiting are refused")
	for range 100 {
		p.empty()
	}
	if p.limited() {
		w.Step("20 gets reach their time limit")
		for range 20 {
			_, err := p.consumer.Get(brief)
			w.Refused(err, []subject.Kind{subject.Timeout}, "getting from the empty queue, for %v", time.Duration(brief))
		}
	}
	w.Step("the queue is filled, and 100 puts without waiting are refused")
	first := p.full(0)
	for range 100 {
		w.Refused(p.producer.Put(p.item(first), subject.Never), []subject.Kind{subject.Full}, "putting into the full queue without waiting")
	}
	if p.limited() {
		w.Step("20 puts run into their time limit")
		for range 20 {
			err := p.producer.Put(p.item(first), brief)
			w.Refused(err, []subject.Kind{subject.Timeout}, "putting into the full queue, for %v", time.Duration(brief))
		}
	}
	if p.facts.CanCancel {
		w.Step("20 puts that wait for room are cancelled")
		for range 20 {
			put := p.producer.BeginPut(p.item(first), subject.Forever)
			put.Blocks("putting into the full queue")
			cancelled(p.producer.Process(), put)
			_, err := put.Return()
			w.Refused(err, []subject.Kind{subject.Interrupted}, "a put that was cancelled while there was no room")
		}
	}
	p.get(0, first)
	w.Step("waiting and waking still work on both sides")
	p.getWaits(0)
	n := p.full(1)
	put := p.producer.BeginPut(p.item(n+1), subject.Forever)
	put.Blocks("putting into the full queue")
	p.get(1, n+1)
	_, err := put.Return()
	w.Must(err, "the put that waited")
	p.get(n+1, n+2)
	w.Step("the capacity is what it was")
	again := p.full(0)
	if p.facts.Counted && again != first || int64(again) < p.usable {
		w.Fail("%d items fitted before the refusals and %d fit after them", first, again)
	}
	p.get(0, again)
	p.givesUpAmongOthers()
}
