package queue

import (
	"bytes"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Wake: no process goes on to sleep although there is work for it.
func Wake(w *check.World) {
	p := newPair(w, 1, 8)
	w.Step("a waiting consumer is woken by each of 50 items")
	for i := range 50 {
		get := p.consumer.BeginGet(subject.Forever)
		if i%5 == 0 {
			time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		}
		p.put(i, i+1)
		p.brings(get, i)
	}
	w.Step("both sides wait for each other through the smallest queue, many times")
	b := check.Bulk{Count: 5000, SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	p.transfer(b)
	p.empty()
	if profile := w.Profile(); profile == subject.ProfileMany || profile == subject.ProfileMailbox {
		p.wakeOfBothKinds()
		p.wakeOfAll()
	}
}

// wakeOfAll has two consumers asleep when two items come, one behind the other:
// the second comes before the first has been taken, when there already is one.
func (p *pair) wakeOfAll() {
	w, q := p.w, plan(p.w, 4, 8)
	if q.usable < 2 {
		return
	}
	q.attach(p.producer.Process(), p.consumer.Process(), w.ObjectName("roomy"))
	other, err := w.Process("one more consumer").OpenQueue(q.producer.Name)
	w.Must(err, "opening the queue in one more process")
	w.Step("two consumers wait, and a producer puts one item behind the other, 50 times")
	for i := range 50 {
		b := check.Bulk{Count: 2, SizeMin: q.size, SizeMax: q.size, Seed: q.seed + uint64(i)}
		gets := []*check.Call{q.consumer.BeginGet(subject.Forever), other.BeginGet(subject.Forever)}
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		put := q.producer.BeginPutAll(b)
		for _, get := range gets {
			_, err := get.Item()
			w.Must(err, "a get that waited")
		}
		put.AllRight(b)
	}
	q.empty()
}

// wakeOfBothKinds has producers and consumers asleep at the same time. Two
// consumers wait; a producer puts two items where there is room for one, so that
// it falls asleep before the consumer that its first item woke has taken it. That
// consumer makes room: where a wake-up goes to the other consumer alone, which finds
// nothing, the producer goes on to sleep although there is room.
func (p *pair) wakeOfBothKinds() {
	w := p.w
	other, err := w.Process("other consumer").OpenQueue(p.producer.Name)
	w.Must(err, "opening the queue in a third process")
	w.Step("two consumers wait, and a producer that puts faster than they wake up, 50 times")
	for i := range 50 {
		b := check.Bulk{Count: 2, SizeMin: p.size, SizeMax: p.size, Seed: p.seed + uint64(i)}
		gets := []*check.Call{p.consumer.BeginGet(subject.Forever), other.BeginGet(subject.Forever)}
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		put := p.producer.BeginPutAll(b)
		var got [2][]byte
		for k, get := range gets {
			got[k], err = get.Item()
			w.Must(err, "a get that waited")
		}
		put.AllRight(b)
		first, second := b.Item(0), b.Item(1)
		if !bytes.Equal(got[0], first) {
			got[0], got[1] = got[1], got[0] // either may have come first
		}
		if !bytes.Equal(got[0], first) || !bytes.Equal(got[1], second) {
			w.Fail("%s and %s were put; %s and %s came out", check.Show(first), check.Show(second), check.Show(got[0]), check.Show(got[1]))
		}
	}
	p.empty()
}
