package linear

import (
	"cmp"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// Counter checks fetch-and-add by a constant, as used for tickets.
//
// Exact, O(n), 16 bytes for each operation. The result of an operation says how
// many operations came before it, so only one order is possible. It is checked
// against time: in order of results, no operation may return before an earlier one
// was invoked. A result that occurs twice is a lost update. A pending operation may
// have taken any result that no other operation got.
type Counter struct {
	Initial uint64 // the value at the start; results may wrap around
}

// Check implements [Checker].
func (c Counter) Check(h *history.History) Verdict {
	var pending []int64 // invocations
	done, delta := 0, int64(0)
	for _, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != history.Add {
				return alien("counter", o)
			}
			if delta == 0 {
				delta = int64(int32(o.Aux))
			}
			switch {
			case delta == 0 || delta != int64(int32(o.Aux)):
				return inconclusive("the history adds %d and %d; only additions of one constant other than zero can be checked", delta, int32(o.Aux))
			case o.Pending():
				pending = append(pending, o.Inv)
			case o.Done():
				done++
			}
		}
	}
	if done > 1<<31 {
		return inconclusive("%d additions; at most 2^31 can be checked at once", done)
	}
	type times struct{ inv, ret int64 }
	tickets := make([]times, done+len(pending))
	for _, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if !o.Done() {
				continue
			}
			distance := int64(o.Value - c.Initial) // modulo 2^64
			t := distance / delta
			if distance%delta != 0 || t < 0 || t >= int64(len(tickets)) {
				return c.outOfRange(h, o.Value, len(tickets), delta)
			}
			if tickets[t].ret != 0 {
				return c.twice(h, o.Value)
			}
			tickets[t] = times{o.Inv, o.Ret}
		}
	}
	slices.Sort(pending) // without loss of generality, the pending operation that began first took the smaller result
	latest, at := int64(-1), 0
	for t := range tickets {
		if tickets[t].ret == 0 {
			tickets[t].inv, pending = pending[0], pending[1:]
		}
		if tickets[t].inv > latest {
			latest, at = tickets[t].inv, t
		}
		if tickets[t].ret != 0 && tickets[t].ret < latest {
			return c.againstTime(h, at, t, delta)
		}
	}
	return allowed(true)
}

func (c Counter) twice(h *history.History, value uint64) Verdict {
	steps := find(h, 2, func(o *history.Op) (string, bool) { return "A", o.Done() && o.Value == value })
	return violation(true, steps, proof{model: ticketModel}, "two additions found the same value: one of them was lost")
}

func (c Counter) outOfRange(h *history.History, value uint64, n int, delta int64) Verdict {
	steps := find(h, 1, func(o *history.Op) (string, bool) { return "A", o.Done() && o.Value == value })
	return violation(true, steps, proof{}, "an addition found %d, which %d additions of %d to %d never reach: something else changed the value", value, n, delta, c.Initial)
}

func (c Counter) againstTime(h *history.History, first, second int, delta int64) Verdict {
	a, b := c.Initial+uint64(int64(first)*delta), c.Initial+uint64(int64(second)*delta)
	steps := find(h, 2, func(o *history.Op) (string, bool) {
		if o.Value == a {
			return "A", o.Done()
		}
		return "B", o.Done() && o.Value == b
	})
	if len(steps) < 2 { // an operation that never returned got the earlier result
		steps = append(steps, find(h, 1, func(o *history.Op) (string, bool) { return "", o.Pending() })...)
		return violation(true, steps, proof{}, "an addition found B, and no operation that began before it ended can have found what comes before B")
	}
	slices.SortFunc(steps, func(x, y Step) int { return cmp.Compare(x.Name, y.Name) })
	return violation(true, steps, proof{model: ticketModel, delta: delta}, "A comes before B, yet the addition that found A began after the one that found B had ended")
}
