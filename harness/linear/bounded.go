package linear

import (
	"cmp"
	"math"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// Bounded checks a FIFO buffer of a given capacity: besides what [FIFO] checks, it
// never holds more items, and reports "full" only when it is full.
//
// With one producer and one consumer, each one thread, it is exact; see
// onetoone.go.
//
// With more threads it is sound and incomplete, O(n log n). FIFO order narrows the
// times of each value's send and receive: if A was sent wholly before B, or
// received wholly before B, then A's send and receive take effect before B's. With
// these times, the values that are certainly in the buffer must never exceed the
// capacity, and at some instant of each "full" the values that may be in it must
// reach the capacity.
type Bounded struct {
	Capacity int
	// Relaxed allows "empty" and "full" while any other operation is in progress.
	Relaxed bool
}

// Check implements [Checker].
func (c Bounded) Check(h *history.History) Verdict {
	v := FIFO{Relaxed: c.Relaxed}.Check(h)
	if v.Outcome == Violation {
		return v
	}
	if c.Capacity < 1 {
		return inconclusive("a capacity of %d; a buffer holds at least 1 item", c.Capacity)
	}
	if p, ok := newPair(h, c); ok {
		return p.check(v)
	}
	if w := c.many(h); w.Outcome == Violation {
		return w
	}
	v.Complete = false
	return v
}

// A stay is when a value was in the buffer: its send took effect within
// [sendInv, sendRet], its receive within [receiveInv, receiveRet].
type stay struct{ sendInv, sendRet, receiveInv, receiveRet int64 }

// many is the check for any number of producers and consumers. FIFO holds.
func (c Bounded) many(h *history.History) Verdict {
	stays := readStays(h)
	for range 2 { // narrower times narrow other times
		narrow(stays)
	}
	if v, ok := c.overfull(h, stays); !ok {
		return v
	}
	return c.fulls(h, stays)
}

// readStays collects the values. One that is missing may have been taken since
// the first receive that never returned.
func readStays(h *history.History) []stay {
	x := newIndex(h, history.Send)
	all := make([]stay, x.n)
	first := int64(never)
	for _, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind == history.Receive && o.Pending() {
				first = min(first, o.Inv)
			}
			if o.Kind == history.Send && (o.Done() || o.Pending()) {
				s := &all[x.of(o.Value)]
				s.sendInv, s.sendRet = o.Inv, o.Ret
				if o.Pending() {
					s.sendRet = never
				}
			}
		}
	}
	for _, l := range h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; o.Kind == history.Receive && o.Done() {
				s := &all[x.of(o.Value)]
				s.receiveInv, s.receiveRet = o.Inv, o.Ret
			}
		}
	}
	stays := slices.DeleteFunc(all, func(s stay) bool { return s.sendInv == 0 })
	for i := range stays {
		if stays[i].receiveRet == 0 {
			stays[i].receiveInv, stays[i].receiveRet = first, never
		}
	}
	return stays
}

// narrow applies the order that FIFO forces: u before v if u was sent wholly
// before v or received wholly before v. Of each bound, one of the two ways is
// void: a send that ended before v's began did not begin after it, say.
func narrow(stays []stay) {
	for i := range stays {
		s := &stays[i]
		s.sendRet = min(s.sendRet, s.receiveRet)
		s.receiveInv = max(s.receiveInv, s.sendInv)
	}
	type keyed struct {
		key   int64
		value int32
	}
	by := func(key func(s *stay) int64) []keyed {
		order := make([]keyed, len(stays))
		for i := range stays {
			order[i] = keyed{key(&stays[i]), int32(i)}
		}
		slices.SortFunc(order, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
		return order
	}
	sendInv := func(s *stay) int64 { return s.sendInv }
	sendRet := func(s *stay) int64 { return s.sendRet }
	receiveInv := func(s *stay) int64 { return s.receiveInv }
	receiveRet := func(s *stay) int64 { return s.receiveRet }
	// later raises f(v) to the largest f(u) of all u with early(u) < late(v).
	later := func(early, late func(s *stay) int64, f func(s *stay) *int64) {
		us, vs := by(early), by(late)
		largest, i := int64(always), 0
		for _, v := range vs {
			for ; i < len(us) && us[i].key < v.key; i++ {
				largest = max(largest, *f(&stays[us[i].value]))
			}
			p := f(&stays[v.value])
			*p = max(*p, largest)
		}
	}
	// earlier lowers f(u) to the smallest f(v) of all v with early(u) < late(v).
	earlier := func(early, late func(s *stay) int64, f func(s *stay) *int64) {
		us, vs := by(early), by(late)
		smallest, i := int64(never), len(vs)-1
		for _, u := range slices.Backward(us) {
			for ; i >= 0 && u.key < vs[i].key; i-- {
				smallest = min(smallest, *f(&stays[vs[i].value]))
			}
			p := f(&stays[u.value])
			*p = min(*p, smallest)
		}
	}
	later(sendRet, sendInv, func(s *stay) *int64 { return &s.receiveInv })
	later(receiveRet, receiveInv, func(s *stay) *int64 { return &s.sendInv })
	earlier(sendRet, sendInv, func(s *stay) *int64 { return &s.receiveRet })
	earlier(receiveRet, receiveInv, func(s *stay) *int64 { return &s.sendRet })
}

// A change of the number of values, at a time; those of lower rank come first.
type change struct {
	time int64
	rank int8
	by   int8
	full int32 // index of a full result, for rank 1
}

func sortChanges(changes []change) {
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.rank, b.rank))
	})
}

// overfull looks for an instant with more values than room.
func (c Bounded) overfull(h *history.History, stays []stay) (Verdict, bool) {
	var changes []change
	for _, s := range stays {
		if s.receiveInv != never {
			changes = append(changes, change{time: s.receiveInv, by: -1})
		}
		if s.sendRet != never {
			changes = append(changes, change{time: s.sendRet, rank: 1, by: 1})
		}
	}
	sortChanges(changes)
	n := 0
	for _, x := range changes {
		if n += int(x.by); n > c.Capacity {
			return c.tooMany(h, x.time, n), false
		}
	}
	return Verdict{}, true
}

// tooMany shows the send that ended last before a time, and the receive that
// began first after it.
func (c Bounded) tooMany(h *history.History, time int64, n int) Verdict {
	var last, next Step
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind == history.Send && o.Done() && o.Ret <= time && (last.Op.Kind == 0 || o.Ret > last.Op.Ret) {
				last = stepOf(h, log, i, "")
			}
			if o.Kind == history.Receive && o.Done() && o.Inv > time && (next.Op.Kind == 0 || o.Inv < next.Op.Inv) {
				next = stepOf(h, log, i, "")
			}
		}
	}
	var steps []Step
	for _, s := range []Step{last, next} {
		if s.Op.Kind != 0 {
			steps = append(steps, s)
		}
	}
	nameValues(steps)
	return violation(false, steps, proof{}, "%d items were in a buffer of %d: their sends had returned, and no receive of them had begun", n, c.Capacity)
}

// fulls looks for a full result while the buffer cannot have been full.
func (c Bounded) fulls(h *history.History, stays []stay) Verdict {
	var fulls []place
	lone := lonely(h, c.Relaxed)
	for log, l := range h.Logs {
		for i := range l.Ops {
			at := place{int32(log), int32(i)}
			if o := &l.Ops[i]; o.Kind == history.Send && o.Status == history.Full && o.Ret != 0 && (lone == nil || lone[at]) {
				fulls = append(fulls, at)
			}
		}
	}
	if len(fulls) == 0 {
		return allowed(false)
	}
	var changes []change
	for _, s := range stays {
		changes = append(changes, change{time: s.sendInv, by: 1})
		if s.receiveRet != never {
			changes = append(changes, change{time: s.receiveRet, rank: 2, by: -1})
		}
	}
	for i, p := range fulls {
		changes = append(changes, change{time: h.Logs[p.log].Ops[p.index].Ret, rank: 1, full: int32(i)})
	}
	sortChanges(changes)
	n, lastFull := 0, int64(math.MinInt64)
	for _, x := range changes {
		if x.rank != 1 {
			if n += int(x.by); n == c.Capacity-1 && x.by < 0 {
				lastFull = x.time
			}
			continue
		}
		p := fulls[x.full]
		if n < c.Capacity && lastFull < h.Logs[p.log].Ops[p.index].Inv {
			step := stepOf(h, int(p.log), int(p.index), "")
			return violation(false, []Step{step}, proof{}, "the buffer was reported full while at most %d of its %d places can have been in use", n, c.Capacity)
		}
	}
	return allowed(false)
}
