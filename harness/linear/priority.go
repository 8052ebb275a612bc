package linear

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// Priority checks a queue that yields the value of the highest priority, and
// among equals the one sent first, as POSIX mq_receive does. The priority is
// the Aux of a send.
//
// Exact, O(n (log k + open receives)). A receive of v must take effect at an instant
// after the send of v began at which no value of a higher priority is certainly in
// the queue, nor a value of the same priority that was sent wholly before v. Taking
// effect as early as possible is optimal, since it only makes the queue emptier for
// the others. So the sweep of [FIFO] is run for each priority, and an open receive
// is settled at the first such instant: when it begins, when the send of v begins,
// when a higher priority becomes empty, or when another receive of its priority is
// settled. A receive that returns unsettled is a violation.
//
// After a pending receive, a violation of order is inconclusive, since that receive
// may have taken any value.
type Priority struct {
	// Relaxed allows an empty result while any other operation is in progress.
	Relaxed bool

	bare bool // a violation needs no witness
}

const settled = 1 << 4 // the receive took effect, in addition to the states of fifo.go

type class struct {
	list  []present
	head  int
	count int      // values that are certainly in the queue
	open  []uint32 // values whose receive has begun and is not settled
}

type prioritySweep struct {
	h        *history.History
	x        *index
	begun    []int64
	state    []uint8
	class    []uint16 // of each value; 0 is the highest priority
	classes  []class
	busy     bitset // classes with values that are certainly in the queue
	count    int
	lastZero int64
	pending  bool
	bare     bool
}

// Check implements [Checker].
func (c Priority) Check(h *history.History) Verdict {
	x := newIndex(h, history.Send)
	s := &prioritySweep{h: h, x: x, begun: make([]int64, x.n), state: make([]uint8, x.n), lastZero: -1, bare: c.bare}
	if n := s.classify(); n > 1<<16 {
		return inconclusive("%d priorities; at most %d can be checked", n, 1<<16)
	}
	unsure := ""
	var alone loner
	for m := history.NewMerge(h); ; {
		e, ok := m.Next()
		if !ok {
			break
		}
		alone.see(e)
		v, ok := Verdict{}, true
		switch {
		case e.Op.Kind == history.Send:
			v, ok = s.send(e)
		case e.Op.Kind != history.Receive:
			return alien("priority queue", e.Op)
		case e.Op.Pending():
			s.pending = true
		default:
			v, ok = s.receive(e, c.Relaxed && !alone.is(e))
		}
		if v.Outcome == Inconclusive && ok {
			unsure = v.Reason
		} else if !ok {
			return v
		}
	}
	if unsure != "" {
		return inconclusive("%s", unsure)
	}
	return allowed(true)
}

// classify numbers the priorities, the highest first.
func (s *prioritySweep) classify() int {
	seen := map[uint32]bool{}
	for _, l := range s.h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; o.Kind == history.Send && (o.Done() || o.Pending()) {
				seen[o.Aux] = true
			}
		}
	}
	if len(seen) > 1<<16 {
		return len(seen)
	}
	priorities := make([]uint32, 0, len(seen))
	for p := range seen {
		priorities = append(priorities, p)
	}
	slices.SortFunc(priorities, func(a, b uint32) int { return cmp.Compare(b, a) })
	number := make(map[uint32]uint16, len(priorities))
	for i, p := range priorities {
		number[p] = uint16(i)
	}
	s.classes = make([]class, len(priorities))
	s.busy = make(bitset, (len(priorities)+63)/64)
	s.class = make([]uint16, s.x.n)
	for _, l := range s.h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; o.Kind == history.Send && (o.Done() || o.Pending()) {
				s.class[s.x.of(o.Value)] = number[o.Aux]
			}
		}
	}
	return len(priorities)
}

func (s *prioritySweep) send(e history.Event) (Verdict, bool) {
	o := e.Op
	if !o.Done() && !o.Pending() {
		return Verdict{}, true
	}
	v := s.x.of(o.Value)
	if !e.Return {
		if s.state[v]&sendBegun != 0 {
			return twiceSent(o), false
		}
		s.state[v] |= sendBegun
		s.begun[v] = o.Inv
		if s.state[v]&receiveBegun != 0 {
			s.settle(int(s.class[v]))
		}
		return Verdict{}, true
	}
	if o.Pending() {
		return Verdict{}, true
	}
	s.state[v] |= sendEnded
	if s.state[v]&settled == 0 {
		c := &s.classes[s.class[v]]
		if c.head > 4096 && c.head*2 > len(c.list) {
			c.list = c.list[:copy(c.list, c.list[c.head:])]
			c.head = 0
		}
		c.list = append(c.list, present{o.Ret, uint32(v)})
		c.count++
		s.busy.set(int(s.class[v]))
		if s.count == 0 {
			s.lastZero = o.Ret
		}
		s.count++
	}
	return Verdict{}, true
}

func (s *prioritySweep) receive(e history.Event, excused bool) (Verdict, bool) {
	o := e.Op
	switch o.Status {
	case history.OK:
	case history.Empty, history.EOF:
		if !e.Return || s.count == 0 || s.lastZero >= o.Inv || excused {
			return Verdict{}, true
		}
		if s.pending {
			return inconclusive("an empty result while values were missing; a receive that was pending when its process ended may have taken them"), true
		}
		if s.bare {
			return bareEmpty, false
		}
		return emptyVerdict(s.h, e, Priority{bare: true}), false
	case history.Corrupt:
		return violation(true, []Step{stepAt(s.h, e, "")}, proof{}, "an item came out changed: its checksum is wrong"), false
	default:
		return Verdict{}, true
	}
	v := s.x.of(o.Value)
	if !e.Return {
		if v < 0 {
			return Verdict{}, true
		}
		if s.state[v]&receiveBegun != 0 {
			return violation(true, firstTransfers(transfers(s.h, o.Value)), proof{model: priorityModel}, "A was sent once and received twice"), false
		}
		s.state[v] |= receiveBegun
		c := int(s.class[v])
		s.classes[c].open = append(s.classes[c].open, uint32(v))
		s.settle(c)
		return Verdict{}, true
	}
	if v < 0 || s.state[v]&sendBegun == 0 {
		return neverSent(s.h, e), false
	}
	if s.state[v]&settled != 0 {
		return Verdict{}, true
	}
	if s.pending {
		s.take(v) // continue as if it were in order
		s.settle(0)
		return inconclusive("a value came out of order; a receive that was pending when its process ended may have taken those before it"), true
	}
	if s.bare {
		return bareOrder, false
	}
	return s.outOfOrder(e), false
}

// settle lets the open receives of class c take effect that can, and those of lower
// classes if c is empty.
func (s *prioritySweep) settle(c int) {
	for ; c < len(s.classes) && s.busy.first() >= c; c++ {
		k := &s.classes[c]
		for i := 0; i < len(k.open); i++ {
			v := k.open[i]
			if s.state[v]&sendBegun == 0 {
				continue
			}
			for k.head < len(k.list) && s.state[k.list[k.head].value]&settled != 0 {
				k.head++
			}
			if k.head < len(k.list) && k.list[k.head].since < s.begun[v] {
				continue
			}
			s.take(int(v))
			i = -1 // another of this class may be next
		}
	}
}

// take settles the receive of v.
func (s *prioritySweep) take(v int) {
	s.state[v] |= settled
	k := &s.classes[s.class[v]]
	i := slices.Index(k.open, uint32(v))
	k.open = slices.Delete(k.open, i, i+1)
	if s.state[v]&sendEnded != 0 {
		s.count--
		if k.count--; k.count == 0 {
			s.busy.clear(int(s.class[v]))
		}
	}
}

// outOfOrder looks for the fewest values with which e is a violation. Leaving out a
// value cannot bring a priority queue out of order.
func (s *prioritySweep) outOfOrder(e history.Event) Verdict {
	from := e.Op.Inv
	if v := s.x.of(e.Op.Value); v >= 0 {
		from = min(from, s.begun[v])
	}
	steps := minimise(s.h, nil, alive(s.h, from, e.Op.Ret), Priority{bare: true}, bareOrder.Reason)
	if steps == nil {
		steps = transfers(s.h, e.Op.Value)
	}
	nameValues(steps)
	return violation(true, steps, proof{model: priorityModel}, "values came out of order: one was received while another was in the queue that had to come first")
}

// A bitset holds small numbers.
type bitset []uint64

func (b bitset) set(i int)   { b[i/64] |= 1 << (i % 64) }
func (b bitset) clear(i int) { b[i/64] &^= 1 << (i % 64) }

// first is the smallest number in b, or one beyond all.
func (b bitset) first() int {
	for w, word := range b {
		if word != 0 {
			return 64*w + bits.TrailingZeros64(word)
		}
	}
	return 64 * len(b)
}
