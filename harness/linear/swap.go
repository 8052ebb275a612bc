package linear

import (
	"math"

	"github.com/ipckit/ipckit/harness/history"
)

// Chains tie values together: each was swapped in for the one before it, so no other
// value can come between them.
type chains struct {
	next  []int32 // slot that was swapped in for this one; 0: none, as no swap yields the initial value
	root  []int32 // slot that begins the chain
	begun []int64 // invocation of the value's write
	swaps []swap
}

type swap struct {
	slot, expected int
	log, index     int
	pending        bool
}

func (s *registerSweep) root(v int) int {
	if s.chain == nil {
		return v
	}
	return int(s.chain.root[v])
}

// chained notes a swap that took effect, or may have taken effect.
func (s *registerSweep) chained(log, i, v int) {
	if s.chain == nil {
		s.chain = new(chains)
	}
	l := s.h.Logs[log]
	e := uint64(0)
	if l.Expected != nil {
		e = l.Expected[i]
	}
	expected := s.slot(e)
	if expected == 0 && e != s.c.Initial {
		expected = -1
	}
	s.chain.swaps = append(s.chain.swaps, swap{v, expected, log, i, l.Ops[i].Pending()})
}

// tie joins the clusters of each chain, after checking the chain against time:
// no operation may return before an earlier one of the chain was invoked.
func (s *registerSweep) tie() (Verdict, bool) {
	c := s.chain
	c.next, c.root, c.begun = make([]int32, len(s.zones)), make([]int32, len(s.zones)), make([]int64, len(s.zones))
	for _, l := range s.h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; (o.Kind == history.Write || o.Kind == history.Swap) && (o.Done() || o.Pending()) {
				c.begun[s.slot(o.Value)] = o.Inv
			}
		}
	}
	swapped := make([]bool, len(s.zones))
	for again := true; again; { // a pending swap counts if its value was seen, or was swapped by one that counts
		again = false
		for i := range c.swaps {
			w := &c.swaps[i]
			if swapped[w.slot] || w.pending && s.zones[w.slot].first == never && c.next[w.slot] == 0 {
				continue
			}
			swapped[w.slot], again = true, w.pending || again
			if w.expected < 0 || s.state[w.expected]&written == 0 && w.expected != 0 {
				return violation(true, []Step{stepOf(s.h, w.log, w.index, "A")}, proof{model: registerModel, initial: s.c.Initial},
					"a swap succeeded although the value that it expected was never written"), false
			}
			if w.expected == w.slot {
				steps := append(s.sight(w, "A"), stepOf(s.h, w.log, w.index, "A"))
				return violation(true, steps, proof{model: registerModel, initial: s.c.Initial},
					"a swap expected the value that only the swap itself ever wrote"), false
			}
			if c.next[w.expected] != 0 {
				return s.twoSwaps(w), false
			}
			c.next[w.expected] = int32(w.slot)
			if s.state[w.expected]&onlyPending != 0 {
				again = true
			}
		}
	}
	for i := range c.root {
		c.root[i] = -1
	}
	for r := range s.zones {
		if swapped[r] {
			continue
		}
		if v, ok := s.walk(r); !ok {
			return v, false
		}
	}
	for v := range s.zones {
		if c.root[v] < 0 {
			return s.cycle(v), false
		}
	}
	return Verdict{}, true
}

// walk checks the chain that begins at r against time, and makes it one cluster.
func (s *registerSweep) walk(r int) (Verdict, bool) {
	c := s.chain
	z := zone{s.zones[r].first, always}
	for v := r; ; v = int(c.next[v]) {
		c.root[v] = int32(r)
		limit := z.last // the latest invocation of those before
		if v != 0 {
			limit = max(limit, c.begun[v])
		}
		if v != 0 && s.zones[v].first < limit {
			return s.againstTime(r, v, limit), false
		}
		z.first = min(z.first, s.zones[v].first)
		z.last = max(z.last, s.zones[v].last)
		if c.next[v] == 0 {
			break
		}
	}
	s.zones[r] = z
	return Verdict{}, true
}

// againstTime is the verdict when an operation on the value of slot v returned
// before time, at which one earlier in the chain of root began.
func (s *registerSweep) againstTime(root, v int, time int64) Verdict {
	first := s.zones[v].first
	late := find(s.h, 1, func(o *history.Op) (string, bool) {
		return "B", s.counts(o) && s.slot(o.Value) == v && o.Ret == first
	})
	for u := root; u != v; u = int(s.chain.next[u]) {
		early := find(s.h, 1, func(o *history.Op) (string, bool) {
			return "A", s.counts(o) && s.slot(o.Value) == u && o.Inv == time
		})
		if len(early) == 1 {
			return violation(true, append(early, late...), proof{}, "swaps led from A to B, yet an operation on A began after one on B had ended")
		}
	}
	early := find(s.h, 1, func(o *history.Op) (string, bool) {
		return "B", s.slot(o.Value) == v && o.Kind == history.Swap && o.Status != history.Failed
	})
	return violation(true, append(early, late...), proof{model: registerModel, initial: s.c.Initial}, "B was read before its swap began")
}

func (s *registerSweep) twoSwaps(w *swap) Verdict {
	steps := []Step{stepOf(s.h, w.log, w.index, "B")}
	initial := steps[0].Expected
	steps = append(steps, s.sight(w, "B")...)
	for i := range s.chain.swaps {
		if o := &s.chain.swaps[i]; o.slot == int(s.chain.next[w.expected]) {
			steps = append(steps, stepOf(s.h, o.log, o.index, "A"))
			steps = append(steps, s.sight(o, "A")...)
		}
	}
	return violation(true, steps, proof{model: registerModel, initial: initial}, "A and B were both swapped in for the same value, which was current only once")
}

// sight proves that a swap that never returned took effect: its value was read, or
// was swapped for one that was read.
func (s *registerSweep) sight(w *swap, name string) []Step {
	if !w.pending {
		return nil
	}
	value := s.h.Logs[w.log].Ops[w.index].Value
	if seen := find(s.h, 1, func(o *history.Op) (string, bool) {
		return name, o.Value == value && (o.Kind == history.Read && o.Done() || o.Kind == history.Swap && o.Status == history.Failed)
	}); len(seen) > 0 {
		return seen
	}
	for i := range s.chain.swaps {
		if o := &s.chain.swaps[i]; o.slot == int(s.chain.next[w.slot]) {
			return append(s.sight(o, ""), stepOf(s.h, o.log, o.index, ""))
		}
	}
	return nil
}

func (s *registerSweep) cycle(v int) Verdict {
	var steps []Step
	for u := v; ; {
		u = int(s.chain.next[u])
		for _, w := range s.chain.swaps {
			if w.slot == u && (!w.pending || s.chain.next[u] != 0) {
				steps = append(steps, stepOf(s.h, w.log, w.index, letter(len(steps))))
				break
			}
		}
		if u == v || len(steps) == math.MaxInt16 {
			break
		}
	}
	return violation(true, steps, proof{model: registerModel, initial: s.c.Initial}, "swaps form a cycle: each expected a value that only another of them could have written")
}
