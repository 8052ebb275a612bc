package linear

import (
	"math"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// FIFO checks an unbounded queue: sends, receives, and receives that found it
// empty.
//
// Exact, O(n log k) for k logs. A history of distinct values is linearizable iff it
// has none of four bad patterns (Henzinger, Sezgin and Vafeiadis, Aspect-oriented
// linearizability proofs, 2013; Bouajjani, Emmi, Enea and Hamza, On reducing
// linearizability to state reachability, 2015): a value is received that was not
// sent before; a value is received twice; B is received although A was sent wholly
// before B and no receive of A began before the receive of B returned; a result is
// empty although at every instant of it some value was certainly in the queue. One
// sweep over the events finds the first of them: a list holds the values whose send
// has returned and whose receive has not begun, in order of return, and their count
// says when the queue may last have been empty.
//
// Receives that were pending when their process died may have taken missing values.
// A history that only this explains is inconclusive.
type FIFO struct {
	// Relaxed allows an empty result while any other operation is in progress.
	Relaxed bool

	bare bool // a violation needs no witness
}

// What is known of a value.
const (
	sendBegun = 1 << iota
	sendEnded
	receiveBegun
	received // in this history, at any time; set only if receives are pending
)

// A present value is one whose send has returned.
type present struct {
	since int64  // return of its send
	value uint32 // index
}

type fifoSweep struct {
	h        *history.History
	x        *index
	begun    []int64 // invocation of each value's send
	state    []uint8
	list     []present // values that may be in the queue, in order of since
	head     int
	count    int   // values that are certainly in the queue
	lastZero int64 // when count was last 0
	pending  int   // pending receives that began and do not explain a missing value yet
	excused  string
	relaxed  bool
	bare     bool
	alone    loner
}

// Check implements [Checker].
func (c FIFO) Check(h *history.History) Verdict {
	x := newIndex(h, history.Send)
	s := &fifoSweep{
		h: h, x: x, begun: make([]int64, x.n), state: make([]uint8, x.n),
		lastZero: -1, relaxed: c.Relaxed, bare: c.bare,
	}
	s.markReceived()
	for m := history.NewMerge(h); ; {
		e, ok := m.Next()
		if !ok {
			break
		}
		if s.relaxed {
			s.alone.see(e)
		}
		v, ok := Verdict{}, true
		switch {
		case e.Op.Kind == history.Send:
			v, ok = s.send(e)
		case e.Op.Kind != history.Receive:
			return alien("queue", e.Op)
		case e.Op.Pending():
			if !e.Return {
				s.pending++
			}
		default:
			v, ok = s.receive(e)
		}
		if !ok {
			return v
		}
	}
	if s.excused != "" {
		return inconclusive("%s", s.excused)
	}
	return allowed(true)
}

// markReceived notes which values are received at all, if a pending receive may have
// taken one of the others.
func (s *fifoSweep) markReceived() {
	dead := false
	for _, l := range s.h.Logs {
		for i := range l.Ops {
			dead = dead || l.Ops[i].Kind == history.Receive && l.Ops[i].Pending()
		}
	}
	if !dead {
		return
	}
	for _, l := range s.h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; o.Kind == history.Receive && o.Done() {
				if v := s.x.of(o.Value); v >= 0 {
					s.state[v] |= received
				}
			}
		}
	}
}

func (s *fifoSweep) send(e history.Event) (Verdict, bool) {
	o := e.Op
	if !o.Done() && !o.Pending() {
		return Verdict{}, true // without effect
	}
	v := s.x.of(o.Value)
	if !e.Return {
		if s.state[v]&sendBegun != 0 {
			return twiceSent(o), false
		}
		s.state[v] |= sendBegun
		s.begun[v] = o.Inv
		return Verdict{}, true
	}
	if o.Pending() {
		return Verdict{}, true
	}
	s.state[v] |= sendEnded
	if s.state[v]&receiveBegun == 0 {
		if s.head > 4096 && s.head*2 > len(s.list) {
			s.list = s.list[:copy(s.list, s.list[s.head:])]
			s.head = 0
		}
		s.list = append(s.list, present{o.Ret, uint32(v)})
		if s.count == 0 {
			s.lastZero = o.Ret
		}
		s.count++
	}
	return Verdict{}, true
}

func (s *fifoSweep) receive(e history.Event) (Verdict, bool) {
	o := e.Op
	switch o.Status {
	case history.OK:
	case history.Empty, history.EOF:
		if e.Return && s.count != 0 && s.lastZero < o.Inv && (!s.relaxed || s.alone.is(e)) {
			return s.notEmpty(e)
		}
		return Verdict{}, true
	case history.Corrupt:
		return violation(true, []Step{stepAt(s.h, e, "")}, proof{}, "an item came out changed: its checksum is wrong"), false
	default:
		return Verdict{}, true
	}
	v := s.x.of(o.Value)
	if !e.Return {
		if v < 0 {
			return Verdict{}, true
		}
		if s.state[v]&receiveBegun != 0 {
			return violation(true, firstTransfers(transfers(s.h, o.Value)), proof{model: queueModel}, "A was sent once and received twice"), false
		}
		if s.state[v]&sendEnded != 0 {
			s.count--
		}
		s.state[v] |= receiveBegun
		return Verdict{}, true
	}
	if v < 0 || s.state[v]&sendBegun == 0 {
		return neverSent(s.h, e), false
	}
	for s.head < len(s.list) {
		a := s.list[s.head].value
		if s.state[a]&receiveBegun == 0 {
			if s.list[s.head].since >= s.begun[v] {
				break
			}
			if s.state[a]&received != 0 || s.pending == 0 {
				return s.outOfOrder(a, e), false
			}
			s.pending--
			s.count--
			s.state[a] |= receiveBegun
			s.lastZero = o.Ret // the value may have left at any time before
			s.excused = "a value was overtaken and never received; only a receive that was pending when its process ended can have taken it"
		}
		s.head++
	}
	return Verdict{}, true
}

// outOfOrder is the verdict when e receives B although A was before it.
func (s *fifoSweep) outOfOrder(a uint32, e history.Event) Verdict {
	sends := find(s.h, 1, func(o *history.Op) (string, bool) {
		return "", o.Kind == history.Send && o.Done() && s.x.of(o.Value) == int(a)
	})
	steps := effective(transfers(s.h, sends[0].Op.Value, e.Op.Value))
	for i := range steps {
		if steps[i].Name == "A" && steps[i].Op.Kind == history.Receive {
			return violation(true, steps, proof{model: queueModel}, "A was in the queue before B was sent, yet B came out before any receive of A began")
		}
	}
	but := ""
	if s.excused != "" {
		but = ", and no pending receive is left that may have taken it"
	}
	return violation(true, steps, proof{model: queueModel}, "A was in the queue before B was sent; B came out, and A never did%s", but)
}

// notEmpty is the verdict on an empty result while the queue held something.
func (s *fifoSweep) notEmpty(e history.Event) (Verdict, bool) {
	if s.pending > 0 {
		s.excused = "an empty result while values were missing; only a receive that was pending when its process ended can have taken them"
		return Verdict{}, true
	}
	if s.bare {
		return bareEmpty, false
	}
	return emptyVerdict(s.h, e, FIFO{bare: true}), false
}

// Violations found while another is being minimised.
var (
	bareEmpty = Verdict{Outcome: Violation, Reason: "not empty"}
	bareOrder = Verdict{Outcome: Violation, Reason: "out of order"}
)

// emptyVerdict proves that a queue was not empty during e, with as few values as
// possible: usually one that was there all the time.
func emptyVerdict(h *history.History, e history.Event, c Checker) Verdict {
	keep := []Step{stepAt(h, e, "")}
	keep = append(keep, find(h, math.MaxInt, func(o *history.Op) (string, bool) {
		return "", o.Kind == history.Receive && o.Pending() && o.Inv <= e.Op.Ret
	})...)
	steps := minimise(h, keep, alive(h, e.Op.Inv, e.Op.Ret), c, bareEmpty.Reason)
	if steps == nil { // pending receives explain values that were overtaken before e
		steps = minimise(h, keep, alive(h, 0, e.Op.Ret), c, bareEmpty.Reason)
	}
	model := proof{model: queueModel}
	if steps == nil {
		steps, model = keep[:1], proof{}
	}
	nameValues(steps)
	return violation(true, steps, model, "the queue was reported %s although it held something all the time", emptyWord(e.Op))
}

func emptyWord(o *history.Op) string {
	if o.Status == history.EOF {
		return "closed and drained"
	}
	return "empty"
}

// alive groups the transfers of all values that may have been in the queue
// during a time.
func alive(h *history.History, from, to int64) [][]Step {
	x := newIndex(h, history.Send)
	gone := make([]bool, x.n) // received before, or sent after
	each := func(f func(log, i, v int, o *history.Op)) {
		for log, l := range h.Logs {
			for i := range l.Ops {
				o := &l.Ops[i]
				if o.Kind == history.Send && (o.Done() || o.Pending()) || o.Kind == history.Receive && o.Done() {
					if v := x.of(o.Value); v >= 0 {
						f(log, i, v, o)
					}
				}
			}
		}
	}
	each(func(_, _, v int, o *history.Op) {
		if o.Kind == history.Send && o.Inv > to || o.Kind == history.Receive && o.Ret < from {
			gone[v] = true
		}
	})
	number := make(map[int]int)
	var groups [][]Step
	each(func(log, i, v int, _ *history.Op) {
		if gone[v] {
			return
		}
		g, known := number[v]
		if !known {
			g = len(groups)
			number[v] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], stepOf(h, log, i, ""))
	})
	return groups
}

// nameValues names the values of sends and receives in order of appearance.
func nameValues(steps []Step) {
	names := map[uint64]string{}
	for i := range steps {
		o := &steps[i].Op
		if o.Kind == history.Receive && !o.Done() {
			continue
		}
		if _, known := names[o.Value]; !known {
			names[o.Value] = letter(len(names))
		}
		steps[i].Name = names[o.Value]
	}
}

// effective leaves out the sends that failed.
func effective(steps []Step) []Step {
	var kept []Step
	for _, s := range steps {
		if s.Op.Kind != history.Send || s.Op.Done() || s.Op.Pending() {
			kept = append(kept, s)
		}
	}
	return kept
}

// firstTransfers keeps the sends, and receives up to three steps in all: a value
// sent once and received twice.
func firstTransfers(steps []Step) []Step {
	var kept []Step
	for _, s := range effective(steps) {
		if s.Op.Kind == history.Send {
			kept = append(kept, s)
		}
	}
	for _, s := range steps {
		if s.Op.Kind == history.Receive && len(kept) < 3 {
			kept = append(kept, s)
		}
	}
	return kept
}

// neverSent is the verdict on a value that was received before it was sent, or was
// never sent.
func neverSent(h *history.History, e history.Event) Verdict {
	steps := []Step{stepAt(h, e, "A")}
	sends := transfers(h, e.Op.Value)
	if taken := effective(sends); slices.ContainsFunc(taken, func(s Step) bool { return s.Op.Kind == history.Send }) {
		sends = taken
	}
	for _, s := range sends {
		if s.Op.Kind != history.Send {
			continue
		}
		steps = append(steps, s)
		if s.Op.Done() || s.Op.Pending() {
			return violation(true, steps, proof{model: queueModel}, "A was received before its send began")
		}
		return violation(true, steps, proof{model: queueModel}, "A was received although its send had failed: %v", s.Op.Status)
	}
	return violation(true, steps, proof{model: queueModel}, "A was received and was never sent")
}

func twiceSent(o *history.Op) Verdict {
	p, n := history.Split(o.Value)
	return inconclusive("value %d of producer %d was sent twice; a workload must send distinct values", n, p)
}
