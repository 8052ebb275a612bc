package queue

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// NoSyscall: puts with room and gets with items, one process at a time, so that
// none waits.
func NoSyscall(w *check.World) {
	p := &pair{w: w, facts: w.Queues(), seed: w.Rand.Uint64()}
	p.size = p.facts.Size(64)
	p.shape = p.facts.Shape(64, p.size)
	p.usable = p.facts.Usable(p.shape.Capacity)
	producer, consumer := w.CountedProcess("producer"), w.CountedProcess("consumer")
	p.attach(producer.Process, consumer.Process, w.ObjectName("q"))
	batch := int(min(p.usable, 64))
	w.Step("a few items pass: what is set up at the first use is not counted")
	p.put(0, batch)
	p.get(0, batch)
	producer.Count()
	consumer.Count()
	for i := range max(1000/batch, 1) {
		w.Step("round %d: %d items are put, then got", i+1, batch)
		p.put(0, batch)
		p.get(0, batch)
	}
	w.Step("the same without waiting")
	for i := range batch {
		w.Must(p.producer.Put(p.item(i), subject.Never), "putting item %d without waiting", i)
	}
	for i := range batch {
		got, err := p.consumer.Get(subject.Never)
		w.Must(err, "getting item %d without waiting", i)
		p.same(i, got)
	}
	puts := producer.CalledNothing("putting into a buffer with room")
	gets := consumer.CalledNothing("getting from a buffer with items")
	w.Note("no system call in %d puts and %d gets", puts, gets)
}
