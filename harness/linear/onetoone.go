package linear

import (
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// A pair is the history of a bounded buffer between one producer and one
// consumer, each a thread that does one operation after the other.
//
// Exact, O(n), 24 bytes for each operation. The order of the sends is known, and so
// is that of the receives. A "full" after i sends lies between sends i and i+1, and
// before receive i-capacity+1; an "empty" after i receives lies between receives i
// and i+1, and before send i+1. So the history is a partial order of points with a
// release time (invocation) and a deadline (return) each. Placing each point as
// early as its predecessors allow is optimal, as in scheduling with unlimited
// machines. The history is a violation iff some point then misses its deadline, or
// cannot be placed.
type pair struct {
	h        *history.History
	c        Bounded
	producer int // index of the log
	consumer int
	sends    []int32 // indices in the producer's log
	receives []int32
	fulls    []seen
	empties  []seen
	pending  int32 // a receive that never returned; -1
}

// A seen full or empty result: how many sends or receives came before it.
type seen struct{ after, index int32 }

// newPair reads the history; ok is false if there are more than two threads, or one
// of them both sends and receives, or continues after an operation whose result is
// unknown.
func newPair(h *history.History, c Bounded) (*pair, bool) {
	p := &pair{h: h, c: c, producer: -1, consumer: -1, pending: -1}
	lone := lonely(h, c.Relaxed)
	for log, l := range h.Logs {
		if len(l.Ops) == 0 {
			continue
		}
		side := &p.producer
		if l.Ops[0].Kind == history.Receive {
			side = &p.consumer
		}
		if *side >= 0 {
			return nil, false
		}
		*side = log
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != l.Ops[0].Kind || o.Pending() && i != len(l.Ops)-1 {
				return nil, false
			}
			judged := lone == nil || lone[place{int32(log), int32(i)}]
			switch {
			case o.Kind == history.Send && (o.Done() || o.Pending()):
				p.sends = append(p.sends, int32(i))
			case o.Kind == history.Receive && o.Done():
				p.receives = append(p.receives, int32(i))
			case o.Kind == history.Receive && o.Pending():
				p.pending = int32(i)
			case o.Status == history.Full && judged:
				p.fulls = append(p.fulls, seen{int32(len(p.sends)), int32(i)})
			case (o.Status == history.Empty || o.Status == history.EOF) && judged:
				p.empties = append(p.empties, seen{int32(len(p.receives)), int32(i)})
			}
		}
	}
	return p, true
}

// check decides the pair. v is the verdict on its order as a queue.
func (p *pair) check(v Verdict) Verdict {
	if n := len(p.sends); n > len(p.receives) && p.send(n-1).Pending() {
		p.sends = p.sends[:n-1] // it was never received, so it may be ignored
	}
	w := p.place()
	if w.Outcome == Violation && p.pending >= 0 && len(p.receives) < len(p.sends) {
		q := *p
		q.receives = slices.Concat(p.receives, []int32{p.pending})
		if u := q.place(); u.Outcome == Allowed {
			return inconclusive("%s, unless a receive that was pending when its process ended took an item", w.Reason)
		}
	}
	if w.Outcome == Allowed && v.Outcome == Inconclusive {
		return v
	}
	return w
}

func (p *pair) send(i int) *history.Op    { return &p.h.Logs[p.producer].Ops[p.sends[i]] }
func (p *pair) receive(i int) *history.Op { return &p.h.Logs[p.consumer].Ops[p.receives[i]] }

func deadline(o *history.Op) int64 {
	if o.Pending() {
		return never
	}
	return o.Ret
}

// place puts every operation at the earliest instant it can have taken effect.
func (p *pair) place() Verdict {
	n, m, capacity := len(p.sends), len(p.receives), p.c.Capacity
	for i := range m {
		if i >= n || p.receive(i).Done() && p.receive(i).Value != p.send(i).Value {
			return p.late("the items came out in a different order than they were put in", p.stepsOf(i, i)...)
		}
	}
	sent, got := make([]int64, n), make([]int64, m) // instants
	full := newObservations(p.fulls)
	empty := newObservations(p.empties)
	s, r := 0, 0                                        // placed so far
	producer, consumer := int64(always), int64(always)  // the last instant of each thread
	lastFull, lastEmpty := int64(always), int64(always) // the last such results
	for moved := true; moved; {
		moved = false
		for full.due(s) {
			o := p.h.Logs[p.producer].Ops[full.next().index]
			if s < capacity {
				return p.late("it was reported full before as many items had been put as it has room for", p.observed(p.producer, full.next().index))
			}
			at := max(o.Inv, producer)
			if at > o.Ret {
				return p.late("it was reported full when it cannot have been full", append(p.stepsOf(s-1, s-capacity), p.observed(p.producer, full.next().index))...)
			}
			producer, lastFull = at, at
			full.pass()
			moved = true
		}
		if s < n && !full.due(s) && !empty.due(s) {
			free := s + 1 - capacity // receives that must have taken effect
			if free > m {
				return p.late("more items were put than it has room for; A was the first too many", p.stepsOf(s, s-capacity)...)
			}
			if free <= r {
				o := p.send(s)
				at := max(o.Inv, producer, lastEmpty)
				if free > 0 {
					at = max(at, got[free-1])
				}
				if at > deadline(o) {
					return p.late("A was put before B was taken, which made room for A", p.stepsOf(s, free-1)...)
				}
				sent[s], producer = at, at
				s++
				moved = true
			}
		}
		for empty.due(r) && s == r {
			o := p.h.Logs[p.consumer].Ops[empty.next().index]
			at := max(o.Inv, consumer)
			if at > o.Ret {
				return p.late("it was reported empty when it cannot have been empty", append(p.stepsOf(s, r-1), p.observed(p.consumer, empty.next().index))...)
			}
			consumer, lastEmpty = at, at
			empty.pass()
			moved = true
		}
		if r < m && r < s && !empty.due(r) && !full.coming(r+capacity) {
			o := p.receive(r)
			at := max(o.Inv, consumer, sent[r], lastFull)
			if at > deadline(o) {
				return p.late("A was taken too early: before it was put, or before a full result that implies it was still there", p.stepsOf(r, r)...)
			}
			got[r], consumer = at, at
			r++
			moved = true
		}
	}
	if s < n || r < m || !full.done() || !empty.done() {
		var steps []Step
		if !full.done() {
			steps = append(steps, p.observed(p.producer, full.next().index))
		}
		if !empty.done() {
			steps = append(steps, p.observed(p.consumer, empty.next().index))
		}
		return p.late("its full and empty results contradict what was put and taken", append(steps, p.stepsOf(s, r)...)...)
	}
	return allowed(true)
}

func (p *pair) late(reason string, steps ...Step) Verdict {
	nameValues(steps)
	return violation(true, steps, proof{}, "a buffer of %d items: %s", p.c.Capacity, reason)
}

func (p *pair) observed(log int, index int32) Step { return stepOf(p.h, log, int(index), "") }

// stepsOf shows a send and a receive by their numbers, where there are such.
func (p *pair) stepsOf(send, receive int) []Step {
	var steps []Step
	if send >= 0 && send < len(p.sends) {
		steps = append(steps, stepOf(p.h, p.producer, int(p.sends[send]), ""))
	}
	if receive >= 0 && receive < len(p.receives) {
		steps = append(steps, stepOf(p.h, p.consumer, int(p.receives[receive]), ""))
	}
	return steps
}

// Observations are the full or the empty results, in order.
type observations struct {
	all     []seen
	at      int
	pending map[int32]int // how many are to come after each count
}

func newObservations(all []seen) *observations {
	o := &observations{all: all, pending: make(map[int32]int)}
	for _, s := range all {
		o.pending[s.after]++
	}
	return o
}

func (o *observations) done() bool         { return o.at == len(o.all) }
func (o *observations) next() seen         { return o.all[o.at] }
func (o *observations) due(after int) bool { return !o.done() && int(o.next().after) == after }
func (o *observations) coming(after int) bool {
	return o.pending[int32(after)] > 0
}
func (o *observations) pass() {
	o.pending[o.next().after]--
	o.at++
}
