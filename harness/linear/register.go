package linear

import (
	"fmt"
	"math"

	"github.com/ipckit/ipckit/harness/history"
)

// Register checks a word that is read, written and compared-and-swapped. No two
// operations write the same value, and none writes the initial one.
//
// Exact, O(n log k) (Gibbons and Korach, Testing shared memories, 1997). The
// operations on one value form a cluster; let f be their earliest return and s their
// latest invocation. If f < s, the value is certainly current from f to s: a forward
// zone. Else it is current at one instant at least between s and f: a backward zone.
// A history is linearizable iff no value is read before its write began, no two
// forward zones overlap, and no backward zone lies strictly inside a forward zone. A
// successful swap ties its cluster to that of the expected value: such a chain is
// checked against time by itself, and is one cluster after that; see swap.go. A
// failed swap is a read of the value that it observed.
//
// A pending write counts if its value was seen.
type Register struct {
	Initial uint64
}

// What is known of a register's value.
const (
	written     = 1 << iota
	writeBegun  // in the sweep
	zoneBegun   // its first return was met
	onlyPending // written by an operation that never returned
)

// A zone is the time of a cluster: the earliest return and the latest
// invocation of its operations.
type zone struct{ first, last int64 }

const (
	always = math.MinInt64
	never  = math.MaxInt64
)

type registerSweep struct {
	h     *history.History
	c     Register
	x     *index
	zones []zone // by slot: 0 the initial value, then 1 + index
	state []uint8
	chain *chains // nil without swaps
}

// Check implements [Checker].
func (c Register) Check(h *history.History) Verdict {
	x := newIndex(h, history.Write, history.Swap)
	s := &registerSweep{h: h, c: c, x: x, zones: make([]zone, x.n+1), state: make([]uint8, x.n+1)}
	for i := range s.zones {
		s.zones[i] = zone{never, always}
	}
	s.zones[0].first = always
	if v, ok := s.cluster(); !ok {
		return v
	}
	if s.chain != nil {
		if v, ok := s.tie(); !ok {
			return v
		}
	}
	return s.sweep()
}

func (s *registerSweep) slot(value uint64) int {
	if value == s.c.Initial {
		return 0
	}
	return s.x.of(value) + 1
}

// cluster finds the zone of each value.
func (s *registerSweep) cluster() (Verdict, bool) {
	for log, l := range s.h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			reads := o.Kind == history.Read && o.Done() || o.Kind == history.Swap && o.Status == history.Failed && o.Ret != 0
			v := s.slot(o.Value)
			switch {
			case o.Kind != history.Read && o.Kind != history.Write && o.Kind != history.Swap:
				return alien("register", o), false
			case o.Status == history.Corrupt:
				return violation(true, []Step{stepOf(s.h, log, i, "")}, proof{}, "a read gave a mixture of values: its checksum is wrong"), false
			case reads:
				if v == 0 && o.Value != s.c.Initial {
					return s.neverWritten(log, i), false
				}
			case o.Kind == history.Read || !o.Done() && !o.Pending():
				continue
			default:
				if v == 0 || s.state[v]&written != 0 {
					return inconclusive("%#x was written twice; a workload must write distinct values, and never the initial one", o.Value), false
				}
				s.state[v] |= written
				if o.Pending() {
					s.state[v] |= onlyPending
				}
				if o.Kind == history.Swap {
					s.chained(log, i, v)
				}
			}
			z := &s.zones[v]
			if !o.Pending() {
				z.first = min(z.first, o.Ret)
			}
			z.last = max(z.last, o.Inv)
		}
	}
	return Verdict{}, true
}

// sweep looks for zones in conflict.
func (s *registerSweep) sweep() Verdict {
	current := -1 // the slot whose forward zone is open
	if s.zones[0].last != always {
		current = 0
	}
	reign := uint32(1)                     // number of the open forward zone
	within := make([]uint32, len(s.zones)) // the reign in which a backward zone began
	for m := history.NewMerge(s.h); ; {
		e, ok := m.Next()
		if !ok {
			return allowed(true)
		}
		o := e.Op
		v := s.slot(o.Value)
		if o.Kind != history.Read && (o.Done() || o.Pending()) {
			s.state[v] |= writeBegun
			if s.state[v]&onlyPending != 0 && s.zones[s.root(v)].first == never {
				continue // never seen
			}
		} else if o.Pending() || !o.Done() && (o.Kind != history.Swap || o.Status != history.Failed) {
			continue
		}
		r := s.root(v)
		z := &s.zones[r]
		if !e.Return {
			switch {
			case o.Inv != z.last:
			case r == current:
				current = -1
				reign++
			case current >= 0 && z.last <= z.first:
				within[r] = reign
			}
			continue
		}
		if v != 0 && s.state[v]&writeBegun == 0 {
			return s.neverWritten(int(e.Log), int(e.Index))
		}
		if o.Ret != z.first || s.state[r]&zoneBegun != 0 {
			continue
		}
		s.state[r] |= zoneBegun
		if z.first < z.last {
			if current >= 0 {
				return s.conflict(current, r, "A and B were each the current value both before and after the other")
			}
			current = r
		} else if current >= 0 && within[r] == reign {
			return s.conflict(current, r, "A was current from before B to after B: B cannot have been in between")
		}
	}
}

// neverWritten is the verdict on a read of a value that had not been written.
func (s *registerSweep) neverWritten(log, i int) Verdict {
	read := stepOf(s.h, log, i, "A")
	steps := []Step{read}
	for _, w := range find(s.h, math.MaxInt, func(o *history.Op) (string, bool) {
		return "A", o.Value == read.Op.Value && o.Kind != history.Read && (o.Done() || o.Pending())
	}) {
		steps = append(steps, w)
		return violation(true, steps, proof{model: registerModel, initial: s.c.Initial}, "A was read before its write began")
	}
	return violation(true, steps, proof{model: registerModel, initial: s.c.Initial}, "A was read and was never written: %#x", read.Op.Value)
}

// conflict proves that two clusters' zones exclude each other, by the first
// return and the last invocation of each.
func (s *registerSweep) conflict(a, b int, reason string) Verdict {
	var steps []Step
	for g, r := range []int{a, b} {
		z := s.zones[r]
		ends := [2]func(o *history.Op) bool{
			func(o *history.Op) bool { return o.Ret == z.first },
			func(o *history.Op) bool { return o.Inv == z.last },
		}
		var mine []Step
		for _, end := range ends {
			for _, step := range find(s.h, 1, func(o *history.Op) (string, bool) {
				return letter(g), s.counts(o) && s.root(s.slot(o.Value)) == r && end(o)
			}) {
				step.group = g + 1
				if r == 0 {
					step.group = 0
				}
				if len(mine) == 0 || mine[0].log != step.log || mine[0].index != step.index {
					mine = append(mine, step)
				}
			}
		}
		steps = append(steps, mine...)
	}
	if a == 0 {
		reason = "A is the initial value; it was read after B had been the current one"
	}
	if s.chain != nil {
		reason = fmt.Sprintf("%s (values that swaps tie together count as one)", reason)
	}
	return violation(true, steps, proof{model: reignModel}, "%s", reason)
}

// counts reports whether an operation belongs to a cluster.
func (s *registerSweep) counts(o *history.Op) bool {
	switch {
	case o.Kind == history.Read:
		return o.Done()
	case o.Kind == history.Swap && o.Status == history.Failed:
		return o.Ret != 0
	}
	return o.Done() || o.Pending()
}
