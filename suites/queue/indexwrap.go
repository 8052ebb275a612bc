package queue

import (
	"math"

	"github.com/ipckit/ipckit/harness/check"
)

// IndexWrap: order, content and capacity hold while the running indices pass
// the ends of the types that they may be kept in.
func IndexWrap(w *check.World) {
	for _, end := range []uint64{1 << 16, 1 << 31, 1 << 32, 1 << 63, 0} {
		for _, usable := range []int64{1, 5, 8} { // 5 does not divide them
			p := &pair{w: w, facts: w.Queues(), seed: w.Rand.Uint64()}
			p.size = p.facts.Size(24)
			p.shape = p.facts.Shape(usable, p.size)
			p.usable = p.facts.Usable(p.shape.Capacity)
			back := uint64(2*min(p.usable, 64) + 3)
			p.shape.Start = end - back
			if end == 0 {
				w.Step("%d places, with indices that begin %d below their maximum of 2^64", p.usable, back)
			} else {
				w.Step("%d places, with indices that begin %d below 2^%d", p.usable, back, int(math.Log2(float64(end))))
			}
			p.attach(w.Process("producer"), w.Process("consumer"), w.ObjectName("q"))
			p.pass(int(back))
			w.Must(p.consumer.Detach(), "detaching the consumer")
			w.Must(p.producer.Detach(), "detaching the producer")
			w.Must(p.producer.Process().UnlinkQueue(p.producer.Name), "unlinking the queue")
			p.consumer.Process().Leave()
			p.producer.Process().Leave()
		}
	}
}

// pass fills and empties the queue until more than so many items have passed
// twice.
func (p *pair) pass(items int) {
	for next := 0; next <= 2*items; {
		n := p.full(next)
		if p.facts.Counted && int64(n) != p.usable {
			p.w.Fail("after %s, %d fit where %s", countItems(next), n, claimed(p.usable))
		}
		p.get(next, next+n)
		p.empty()
		next += n
	}
	b := check.Bulk{Count: int64(4 * items), SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	p.transfer(b)
}
