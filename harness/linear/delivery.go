package linear

import "github.com/ipckit/ipckit/harness/history"

// Delivery checks that everything that was sent arrives once and unchanged, in any
// order.
//
// Exact for these properties, O(n log k), 1 byte for each value. The history must
// end with a receive that found nothing after all other operations had returned.
// Each pending receive may have taken one value.
type Delivery struct {
	Loss bool // also check that all sent values were received
	// Relaxed allows an empty result while any other operation is in progress.
	Relaxed bool
}

// Check implements [Checker].
func (c Delivery) Check(h *history.History) Verdict {
	x := newIndex(h, history.Send)
	const begun, sent, arrived = 1, 2, 4
	state := make([]uint8, x.n)
	pending := 0
	for _, l := range h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; o.Kind == history.Send && (o.Done() || o.Pending()) {
				v := x.of(o.Value)
				state[v] |= begun
				if o.Done() {
					state[v] |= sent
				}
			}
		}
	}
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			at := history.Event{Op: o, Log: int32(log), Index: int32(i)}
			switch {
			case o.Kind == history.Send:
				continue
			case o.Kind != history.Receive:
				return alien("queue", o)
			case o.Pending():
				pending++
				continue
			case o.Status == history.Corrupt:
				return violation(false, []Step{stepAt(h, at, "")}, proof{}, "an item came out changed: its checksum is wrong")
			case !o.Done():
				continue
			}
			v := x.of(o.Value)
			if v < 0 || state[v]&begun == 0 {
				return neverSent(h, at)
			}
			if state[v]&arrived != 0 {
				return violation(false, firstTransfers(transfers(h, o.Value)), proof{model: queueModel}, "A was sent once and received twice")
			}
			state[v] |= arrived
		}
	}
	if !c.Loss {
		return allowed(false)
	}
	return c.missing(h, func(o *history.Op) bool { return state[x.of(o.Value)] == begun|sent }, pending)
}

// missing is the verdict on the values that never arrived. A value is lost if a
// receive found nothing after the send of the value had returned.
func (c Delivery) missing(h *history.History, undelivered func(*history.Op) bool, pending int) Verdict {
	lone := lonely(h, c.Relaxed)
	var last Step // the latest receive that found nothing
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind == history.Receive && (o.Status == history.Empty || o.Status == history.EOF) && o.Ret != 0 && o.Inv > last.Op.Inv &&
				(lone == nil || lone[place{int32(log), int32(i)}]) {
				last = stepOf(h, log, i, "")
			}
		}
	}
	var first Step // the first that was lost
	lost, all := 0, 0
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if o.Kind != history.Send || !o.Done() || !undelivered(o) {
				continue
			}
			all++
			if o.Ret < last.Op.Inv {
				if lost++; first.Op.Inv == 0 || o.Inv < first.Op.Inv {
					first = stepOf(h, log, i, "A")
				}
			}
		}
	}
	switch {
	case all == 0:
		return allowed(false)
	case lost == 0:
		return inconclusive("%d values were sent and not received, and no later receive found the queue empty: it was not drained", all)
	case lost <= pending:
		return inconclusive("%d values were sent and never received; only receives that were pending when their process ended can have taken them", lost)
	}
	p := proof{model: queueModel}
	if pending > 0 {
		p = proof{}
	}
	return violation(false, []Step{first, last}, p, "A was sent and never received, and a later receive found the queue empty; %d lost in all", lost)
}
