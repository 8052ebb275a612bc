package queue

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Shortage: without room in /dev/shm, creating is refused, or gives a whole queue; and
// one that exists works as before. No process ends by SIGBUS.
func Shortage(w *check.World) {
	f := w.Queues()
	const memory, size = 128 << 10, 16 << 10 // bytes: many pages, quickly filled
	usable := max(memory/f.Size(size), 1)
	old, late := newPair(w, usable, size), plan(w, usable, size)
	name := w.ObjectName("late")
	w.InShortage(func() {
		w.Step("the queue that was made before is filled and emptied: whatever it needs was reserved then")
		old.fillAndEmpty()
		w.Step("another queue is asked for")
		var err error
		if late.producer, err = old.producer.Process().CreateQueue(name, late.shape); err == nil {
			late.consumer, err = old.consumer.Process().OpenQueue(name)
			w.Must(err, "opening the queue whose creation was accepted without room in /dev/shm")
			late.fillAndEmpty()
			return
		}
		w.RuledOut("creating without room in /dev/shm was refused: %v", err)
		_, err = old.consumer.Process().OpenQueue(name)
		w.Refused(err, []subject.Kind{subject.NotFound}, "opening the queue whose creation was refused")
	})
	if late.consumer == nil {
		late.attach(old.producer.Process(), old.consumer.Process(), name)
	}
	late.fillAndEmpty()
	old.fillAndEmpty()
}

// fillAndEmpty uses all slots of the queue.
func (p *pair) fillAndEmpty() {
	n := p.full(0)
	if p.facts.Counted && int64(n) != p.usable {
		p.w.Fail("%s fit; %s", countItems(n), claimed(p.usable))
	}
	p.get(0, n)
	p.empty()
}
