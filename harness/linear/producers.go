package linear

import "github.com/ipckit/ipckit/harness/history"

// Producers checks that the values of each producer come out in the order sent,
// whatever the other producers do: the history of one producer's values is that of a
// [FIFO]. Empty results are ignored, since they concern all values.
//
// Exact for this property, O(n) for each producer.
type Producers struct{}

// Check implements [Checker].
func (c Producers) Check(h *history.History) Verdict {
	for _, p := range producers(h) {
		if v := (FIFO{}).Check(only(h, p)); v.Outcome != Allowed {
			v.Complete = false
			return v
		}
	}
	return allowed(false)
}

func producers(h *history.History) []uint32 {
	var list []uint32
	seen := map[uint32]bool{}
	for _, l := range h.Logs {
		for i := range l.Ops {
			if p, _ := history.Split(l.Ops[i].Value); l.Ops[i].Kind == history.Send && !seen[p] {
				seen[p] = true
				list = append(list, p)
			}
		}
	}
	return list
}

// only keeps the sends and receives of one producer's values, and pending receives,
// which may have taken such a value.
func only(h *history.History, producer uint32) *history.History {
	part := new(history.History)
	for _, l := range h.Logs {
		var ops []history.Op
		for _, o := range l.Ops {
			p, _ := history.Split(o.Value)
			if o.Kind == history.Receive && o.Pending() || p == producer && (o.Kind != history.Receive || o.Done()) {
				ops = append(ops, o)
			}
		}
		part.Logs = append(part.Logs, history.NewLog(l.Header.Process, ops))
	}
	return part
}
