package linear

import (
	"cmp"
	"slices"
	"sort"

	"github.com/ipckit/ipckit/harness/history"
)

// Fresh checks that a read that begins after a write has returned gives the value
// of that write or of a later one: a regular register (Lamport, On interprocess
// communication, 1986), for any number of writers. It is weaker than [Register]: of
// two reads during a write, the first may see the new value and the second the old.
//
// Exact for this property, O(n log n). A read is stale iff a write lies wholly
// between the write of the value that it gives and the read itself.
type Fresh struct {
	Initial uint64
}

// A replacement is a write that has returned, with the latest invocation among it
// and all writes that returned before it.
type replacement struct {
	ret, inv int64
	latest   int64
	at, by   place // this write; the write with the latest invocation
}

// Check implements [Checker].
func (c Fresh) Check(h *history.History) Verdict {
	if v := (Snapshot{Initial: c.Initial}).Check(h); v.Outcome != Allowed {
		v.Complete = false
		return v
	}
	x := newIndex(h, history.Write)
	ended := make([]int64, x.n) // when the write of each value returned
	source := make([]place, x.n)
	var writes []replacement
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != history.Write || !o.Done() && !o.Pending() {
				continue
			}
			at := place{int32(log), int32(i)}
			v := x.of(o.Value)
			ended[v], source[v] = never, at
			if o.Done() {
				ended[v] = o.Ret
				writes = append(writes, replacement{ret: o.Ret, inv: o.Inv, at: at})
			}
		}
	}
	slices.SortFunc(writes, func(a, b replacement) int { return cmp.Compare(a.ret, b.ret) })
	for i := range writes {
		w := &writes[i]
		w.latest, w.by = w.inv, w.at
		if i > 0 && writes[i-1].latest > w.inv {
			w.latest, w.by = writes[i-1].latest, writes[i-1].by
		}
	}
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != history.Read || !o.Done() {
				continue
			}
			before := sort.Search(len(writes), func(k int) bool { return writes[k].ret >= o.Inv })
			if before == 0 {
				continue
			}
			w, since, steps := writes[before-1], int64(always), []Step{stepOf(h, log, i, "A")}
			if o.Value != c.Initial {
				v := x.of(o.Value)
				since = ended[v]
				steps = append(steps, stepOf(h, int(source[v].log), int(source[v].index), "A"))
			}
			if w.latest > since {
				steps = append(steps, stepOf(h, int(w.by.log), int(w.by.index), "B"))
				return violation(false, steps, proof{model: registerModel, initial: c.Initial}, "A was read although B had replaced it before the read began")
			}
		}
	}
	return allowed(false)
}
