package linear

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
)

// A Witness is the few operations of a history that prove a violation.
type Witness struct {
	Reason string
	Steps  []Step // in order of invocation, four at most
	all    []Step // all operations of the proof, if they are more than Steps
	proof  proof  // how porcupine can check it
}

// mostSteps bounds the operations that a picture shows. A proof has more only if
// values overlap in a series, each sent before the one before it was received.
const mostSteps = 4

// Operations is how many operations prove the violation; Steps holds some of them
// if they are more than a picture can show.
func (w *Witness) Operations() int { return max(len(w.Steps), len(w.all)) }

// A Step is one operation of a witness.
type Step struct {
	Op       history.Op
	Expected uint64 // what a compare-and-swap expected
	Process  uint32 // index of the process
	Thread   int    // index of the log in the history
	Name     string // A, B, … for the value, as in the reason; may be empty
	group    int    // values that a chain of swaps ties together
	log      int
	index    int
}

// violation is the verdict that the steps prove.
func violation(complete bool, steps []Step, p proof, format string, args ...any) Verdict {
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.Op.Inv, b.Op.Inv) })
	reason := fmt.Sprintf(format, args...)
	w := &Witness{Reason: reason, Steps: steps, proof: p}
	if len(steps) > mostSteps {
		w.Steps, w.all = shown(steps), steps
	}
	return Verdict{Outcome: Violation, Complete: complete, Reason: reason, Witness: w}
}

// shown picks the steps of a long proof for the picture: those without effect, whose
// results are part of the proof, and the earliest of the rest.
func shown(steps []Step) []Step {
	order := slices.Clone(steps)
	slices.SortStableFunc(order, func(a, b Step) int { return cmp.Compare(observed(b), observed(a)) })
	order = order[:mostSteps]
	slices.SortStableFunc(order, func(a, b Step) int { return cmp.Compare(a.Op.Inv, b.Op.Inv) })
	return order
}

// observed is 1 for an operation without effect, such as a receive that found
// nothing, else 0.
func observed(s Step) int {
	if s.Op.Ret != 0 && s.Op.Status != history.OK {
		return 1
	}
	return 0
}

func stepOf(h *history.History, log, index int, name string) Step {
	l := h.Logs[log]
	s := Step{Op: l.Ops[index], Process: l.Header.Process, Thread: log, Name: name, log: log, index: index}
	if l.Expected != nil {
		s.Expected = l.Expected[index]
	}
	return s
}

func stepAt(h *history.History, e history.Event, name string) Step {
	return stepOf(h, int(e.Log), int(e.Index), name)
}

// find collects the operations that match, with the names that it gives, up to
// limit.
func find(h *history.History, limit int, match func(o *history.Op) (name string, ok bool)) []Step {
	var steps []Step
	for log, l := range h.Logs {
		for i := range l.Ops {
			if name, ok := match(&l.Ops[i]); ok {
				steps = append(steps, stepOf(h, log, i, name))
				if len(steps) == limit {
					return steps
				}
			}
		}
	}
	return steps
}

// transfers finds the sends and receives of the values, which are named A, B, … in
// the order of values.
func transfers(h *history.History, values ...uint64) []Step {
	return find(h, math.MaxInt, func(o *history.Op) (string, bool) {
		i := slices.Index(values, o.Value)
		if i < 0 || o.Kind == history.Receive && !o.Done() {
			return "", false
		}
		return letter(i), true
	})
}

// letter is the name of the i-th value.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return fmt.Sprintf("V%d", i)
}

// part is the history that consists of the steps only.
func part(h *history.History, steps []Step) *history.History {
	sorted := slices.Clone(steps)
	slices.SortFunc(sorted, func(a, b Step) int {
		return cmp.Or(cmp.Compare(a.log, b.log), cmp.Compare(a.index, b.index))
	})
	p := new(history.History)
	for i := 0; i < len(sorted); {
		log := sorted[i].log
		var ops []history.Op
		var expected []uint64
		for ; i < len(sorted) && sorted[i].log == log; i++ {
			ops, expected = append(ops, sorted[i].Op), append(expected, sorted[i].Expected)
		}
		l := history.NewLog(h.Logs[log].Header.Process, ops)
		l.Expected = expected
		p.Logs = append(p.Logs, l)
	}
	return p
}

// minimise leaves out groups of operations as long as the rest is a violation with
// the given reason, and returns the steps that cannot be left out (Zeller and
// Hildebrandt, Simplifying and isolating failure-inducing input, 2002), together
// with those in keep. It is sound only if leaving out a group cannot make a
// violation of an allowed history. c must be bare, so that it does not minimise
// itself. The result is nil if the whole is no such violation.
func minimise(h *history.History, keep []Step, groups [][]Step, c Checker, reason string) []Step {
	violated := func(groups [][]Step) bool {
		v := c.Check(part(h, slices.Concat(append(groups[:len(groups):len(groups)], keep)...)))
		return v.Outcome == Violation && v.Reason == reason
	}
	if !violated(groups) {
		return nil
	}
	for size := max(1, len(groups)/2); ; size = max(1, size/2) {
		before := len(groups)
		for i := 0; i < len(groups); {
			rest := slices.Concat(groups[:i], groups[min(i+size, len(groups)):])
			if violated(rest) {
				groups = rest
			} else {
				i += size
			}
		}
		if size == 1 && len(groups) == before {
			return slices.Concat(append(groups, keep)...)
		}
	}
}
