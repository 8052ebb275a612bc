package programs

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
)

// The last items that the producer makes before it ends are consumed, also by a
// consumer that lags behind. Several numbers of items are tried, so that the end
// falls on different slots of the buffer.
func last(w *check.World) {
	p := newPair(w)
	held := false
	for i, n := range p.ends() {
		if i > 0 {
			p.startAfresh()
		}
		r := p.run(program.Scenario{Items: n})
		r.works()
		if r.Cut {
			w.Skip("the producer never ends, so it has no last items")
		}
		w.RuledOut("all items arrived when the consumer was not slowed down (%s)", items(n))
		for _, from := range holds(n) {
			p.startAfresh()
			r := p.run(program.Scenario{Items: n, Hold: true, HoldFrom: from})
			r.works()
			held = held || r.Held > 0
		}
	}
	if !held {
		w.Note("the consumer could not be slowed down, so only its own pace was tried")
	}
}

// holds are the numbers of produced items from which on the consumer is held: from
// the start, so that a fast producer fills the buffer; and shortly before the end,
// for a producer that is slower than any consumer.
func holds(items int) []int {
	if items < 4 {
		return []int{0}
	}
	return []int{0, items - 2}
}

// longest bounds the items of runs with a held consumer, which proceed a few lines
// at a time.
const longest = 12

// ends are the numbers of items to try, where the kit can choose: enough to fill
// the buffer once and again in part, as many as it holds, and very few.
func (p *pair) ends() []int {
	switch n := p.claims.Capacity; {
	case !p.claims.TakesItems():
		return []int{p.claims.Items}
	case n > 2 && n < longest:
		return []int{2 * n, n, 2, 1}
	case n > 0 && n < longest:
		return []int{n + 3, 2, 1}
	}
	return []int{longest, 2, 1}
}
