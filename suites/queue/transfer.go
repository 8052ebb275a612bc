package queue

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// NoLoss: everything that was put is got.
func NoLoss(w *check.World) {
	p := newPair(w, 7, 24)
	b := check.Bulk{Count: 20000, SizeMin: p.facts.Size(8), SizeMax: p.size, Seed: p.seed}
	w.Step("%d items are put and got at full speed", b.Count)
	p.transfer(b)
	w.Step("the queue can still be filled and emptied whole")
	n := p.full(0)
	if p.facts.Counted && int64(n) != p.usable {
		w.Fail("%d places are left of %d: items were lost inside, or are still there", n, p.usable)
	}
	p.get(0, n)
}

// NoDup: nothing that was put once is got twice.
func NoDup(w *check.World) {
	p := newPair(w, 3, 16)
	b := check.Bulk{Count: 10000, SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	w.Step("%d items pass; then nothing more may come out", b.Count)
	p.transfer(b)
	p.empty()
	w.Step("refused operations between do not make an item come twice")
	p = p.brief(3)
	for i := range 40 {
		p.put(i, i+1)
		n := p.full(1000)
		got, err := p.consumer.Get(subject.Never)
		w.Must(err, "getting without waiting what has been put")
		p.same(i, got)
		p.get(1000, 1000+n)
		p.empty()
	}
}

// ProducerOrder: what one producer puts comes out in the order of its puts,
// with both sides running at once.
func ProducerOrder(w *check.World) {
	p := newPair(w, 16, 16)
	b := check.Bulk{Count: 20000, SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	w.Step("%d numbered items pass at full speed", b.Count)
	p.transfer(b)
}

// Growth: long use at constant occupancy keeps memory and descriptors
// constant.
func Growth(w *check.World) {
	p := plan(w, 8, 64)
	p.attach(w.SmallProcess("producer"), w.SmallProcess("consumer"), w.ObjectName("q"))
	b := check.Bulk{Count: 10000, SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	users := []*check.Process{p.producer.Process(), p.consumer.Process()}
	w.Step("warm up")
	p.transfer(b)
	section.Steady(w, users, 12<<20, 1<<20, func() {
		w.Step("%d items more pass", 4*b.Count)
		for range 4 {
			b.Seed++
			p.transfer(b)
		}
	})
}
