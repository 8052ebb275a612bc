package linear

import (
	"math"

	"github.com/ipckit/ipckit/harness/history"
)

// Snapshot checks a record of many words that is published and read as a whole. Each
// publish (a write) has a distinct value; a read whose words are of different
// publishes is recorded as corrupt.
//
// Exact, O(n): a read gives the initial value, or what one publish wrote that began
// before the read returned. With Fresh, also exact: reads and publishes are those of
// a [Register], so that a read never gives a value that was replaced before it
// began, nor an older value than an earlier read.
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
				return violation(true, []Step{stepOf(h, log, i, "")}, proof{}, "a read was torn: its words are of different publishes")
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
