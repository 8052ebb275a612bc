package queue

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Stale: what a killed run left is no trap for the next.
func Stale(w *check.World) {
	p := newBriefPair(w, 4, 16)
	n := int(min(p.usable, 4))
	states := []string{"with items inside", "with a get that waits", "with a put that waits"}
	if p.facts.CanClose {
		states = append(states, "after the end")
	}
	for _, state := range states {
		w.Step("all processes are killed, %s", state)
		switch state {
		case "with items inside":
			p.put(0, n)
		case "with a get that waits":
			p.consumer.BeginGet(subject.Forever).Blocks("getting from the empty queue")
		case "after the end":
			w.Must(p.producer.Close(), "closing the queue")
		default:
			p.producer.BeginPut(p.item(p.full(0)), subject.Forever).Blocks("putting into the full queue")
		}
		old := p.producer.Name
		p.producer.Process().Kill()
		p.consumer.Process().Kill()
		w.Step("a new run creates a queue of the same name")
		producer, consumer := w.Process("next producer"), w.Process("next consumer")
		first, err := producer.CreateQueue(old, p.shape)
		if err != nil {
			w.Refused(err, []subject.Kind{subject.Exists}, "creating the name that the dead left")
			w.Step("it says what is left; that can be removed")
			if err := producer.UnlinkQueue(old); subject.KindOf(err) != subject.NotFound { // or it went by itself meanwhile
				w.Must(err, "removing what is left")
			}
			first, err = producer.CreateQueue(old, p.shape)
			w.Must(err, "creating it after that")
		}
		second, err := consumer.OpenQueue(old)
		w.Must(err, "opening the queue of the new run")
		p.producer, p.consumer = first, second
		w.Step("the new run's queue is empty, holds what it should, and brings it in order")
		p.empty()
		p.whole(0)
	}
}

// whole expects that the queue, which is empty, holds as much as it should and
// gives it back, and that waiting works at both ends.
func (p *pair) whole(from int) {
	n := p.full(from)
	for late := time.Now().Add(repair); p.facts.Counted && int64(n) < p.usable && time.Now().Before(late); n += p.full(from + n) {
		doze(0)
	}
	if p.facts.Counted && int64(n) != p.usable {
		p.w.Fail("%s fit; %s: slots are lost, or there are too many", countItems(n), claimed(p.usable))
	}
	p.get(from, from+n)
	p.empty()
	get := p.consumer.BeginGet(subject.Forever)
	p.put(from, from+1)
	got, err := get.Item()
	p.w.Must(err, "a get that began before there was an item")
	p.same(from, got)
}
