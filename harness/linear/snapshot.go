package linear

import (
	"math"

	"github.com/ipckit/ipckit/harness/history"
)

// Snapshot checks a value of many words that is published whole and read whole.
// Each publication (a write) carries a distinct value; a read whose words are
// of different publications is recorded as corrupt.
//
// Whole, exact, O(n): a read yields what one publication wrote, or the initial
// value, and not before it began. Fresh, exact: besides, the reads and
// publications are those of a [Register], so that a read never yields what was
// replaced before it began, nor less than an earlier read.
type Snapshot struct {
	Initial uint64
	Fresh   bool
}

// Check implements [Checker].
func (c Snapshot) Check(h *history.History) Verdict {
	x := newIndex(h, history.Write)
	begun := make([]int64, x.n)
	for i := range begun {
		begun[i] = math.MaxInt64
	}
	for _, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != history.Write && o.Kind != history.Read {
				return alien("snapshot", o)
			}
			if o.Kind == history.Write && (o.Done() || o.Pending()) {
				begun[x.of(o.Value)] = o.Inv
			}
		}
	}
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != history.Read {
				continue
			}
			if o.Status == history.Corrupt {
				return violation(true, []Step{stepOf(h, log, i, "")}, proof{}, "a read was torn: its words are not of one publication")
			}
			if !o.Done() || o.Value == c.Initial {
				continue
			}
			if v := x.of(o.Value); v < 0 || begun[v] == math.MaxInt64 || o.Ret < begun[v] {
				s := registerSweep{h: h, c: Register{Initial: c.Initial}, x: x}
				return s.neverWritten(log, i)
			}
		}
	}
	if c.Fresh {
		return Register{Initial: c.Initial}.Check(h)
	}
	return allowed(true)
}
