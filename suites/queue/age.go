package queue

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// odd is a number of items that is no power of two, nor divides one, so that a running
// index which comes round does so in the middle of a queue of so many.
const odd = 61

// LongLife: order, content and capacity are after many items what they were at first.
func LongLife(w *check.World) { newBriefPair(w, odd, 16).growOld() }

// growOld passes many items through the queue, which is empty. Where a counter of them
// comes round it is filled and emptied whole.
func (p *pair) growOld() {
	b := check.Bulk{SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	near := (min(p.usable, odd) + 1) / 2 // so that the queue is half full at that moment
	section.GrowOld(p.w, "items", near, func(n int64) {
		b.Count = n
		b.Seed++
		p.transfer(b)
	}, func(done int64) (more int64) {
		for more < 2*near+2 {
			if !p.facts.Counted || p.usable > odd {
				n := p.full(int(more))
				p.get(int(more), int(more)+n)
				more += int64(n)
				continue
			}
			b.Count = p.usable
			b.Seed++
			p.producer.BeginPutAll(b).AllRight(b)
			err := p.producer.Put(p.item(0), subject.Never)
			p.w.Refused(err, []subject.Kind{subject.Full}, "putting one more than the %d that fit, after %d items,", p.usable, done+more)
			p.consumer.BeginGetAll(b).AllRight(b)
			more += p.usable
		}
		p.empty()
		return more
	})
}
