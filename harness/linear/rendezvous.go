package linear

import "github.com/ipckit/ipckit/harness/history"

// Rendezvous checks a channel without a buffer: sender and receiver meet.
//
// Exact, O(n), 32 bytes for each value. A send and the receive of its value take
// effect at the same instant, so their times must intersect; pairs are independent
// of each other. A send that returned has met a receive.
type Rendezvous struct{}

// A meeting is what is known of a value.
type meeting struct{ sendInv, sendRet, receiveInv, receiveRet int64 }

// Check implements [Checker].
func (c Rendezvous) Check(h *history.History) Verdict {
	x := newIndex(h, history.Send)
	met := make([]meeting, x.n)
	for _, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			switch {
			case o.Kind != history.Send && o.Kind != history.Receive:
				return alien("rendezvous", o)
			case o.Kind == history.Send && (o.Done() || o.Pending()):
				m := &met[x.of(o.Value)]
				if m.sendInv != 0 {
					return twiceSent(o)
				}
				m.sendInv, m.sendRet = o.Inv, never
				if !o.Pending() {
					m.sendRet = o.Ret
				}
			}
		}
	}
	var pending []int64
	for log, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			at := history.Event{Op: o, Log: int32(log), Index: int32(i)}
			switch {
			case o.Kind != history.Receive:
				continue
			case o.Pending():
				pending = append(pending, o.Inv)
				continue
			case o.Status == history.Corrupt:
				return violation(true, []Step{stepAt(h, at, "")}, proof{}, "an item came out changed: its checksum is wrong")
			case !o.Done():
				continue
			}
			v := x.of(o.Value)
			if v < 0 || met[v].sendInv == 0 || o.Ret < met[v].sendInv {
				return neverSent(h, at)
			}
			if met[v].receiveInv != 0 {
				return violation(true, firstTransfers(transfers(h, o.Value)), proof{model: queueModel}, "A was sent once and received twice")
			}
			met[v].receiveInv, met[v].receiveRet = o.Inv, o.Ret
			if met[v].sendRet < o.Inv {
				return violation(true, transfers(h, o.Value), proof{}, "the send of A ended before any receive of A began: it did not wait for its receiver")
			}
		}
	}
	return c.unmet(h, x, met, pending)
}

// unmet looks for sends that returned although their value was never received.
func (c Rendezvous) unmet(h *history.History, x *index, met []meeting, pending []int64) Verdict {
	missing := find(h, len(pending)+1, func(o *history.Op) (string, bool) {
		return "A", o.Kind == history.Send && o.Done() && met[x.of(o.Value)].receiveInv == 0
	})
	for _, m := range missing {
		excused := false
		for _, inv := range pending {
			excused = excused || inv <= m.Op.Ret
		}
		if !excused || len(missing) > len(pending) {
			return violation(true, []Step{m}, proof{}, "the send of A ended, and A was never received: it did not wait for its receiver")
		}
	}
	if len(missing) > 0 {
		return inconclusive("%d values were sent and never received; only receives that were pending when their process ended can have taken them", len(missing))
	}
	return allowed(true)
}
