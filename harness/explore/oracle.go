package explore

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// merges are the orders in which n operations of A and m of B can be done, each
// as the agents' numbers.
func merges(n, m int) (all [][]int) {
	var extend func(order []int, n, m int)
	extend = func(order []int, n, m int) {
		if n == 0 && m == 0 {
			all = append(all, slices.Clone(order))
			return
		}
		if n > 0 {
			extend(append(order, 0), n-1, m)
		}
		if m > 0 {
			extend(append(order, 1), n, m-1)
		}
	}
	extend(nil, n, m)
	return all
}

// oracle does every sequence of whole operations on the implementation itself,
// and gives the outcomes: what interleavings are allowed to have. An operation
// that waits is continued when its turn comes again.
//
// Waiting for ever is allowed only where an operation would wait also if it
// began after all those that were done. One that was there before, and that
// what was done should have released, was forgotten.
func (x *search) oracle(s *Scenario) (map[string]Outcome, error) {
	allowed := map[string]Outcome{}
	ends, waiting := false, ""
	for _, order := range merges(len(s.A), len(s.B)) {
		if x.over() {
			return allowed, nil
		}
		r, ok, err := x.sequence(s, order)
		if err != nil || !ok {
			return nil, err
		}
		ends, waiting = ends || !r.stuck, cmp.Or(waiting, r.waiting())
		if !r.forgotten() {
			allowed[r.outcome.key()] = r.outcome
		}
	}
	if s.Ends && !ends {
		x.result.Broken = Hangs
		x.result.Unreachable = "already one operation after the other, in whatever order, an agent waits for ever, such as " + waiting
	}
	return allowed, nil
}

// forgotten reports whether an agent waits for ever since before the other's
// last operation.
func (r *run) forgotten() bool {
	return r.overtaken[0] && r.outcome.Ends[0] == endWaits || r.overtaken[1] && r.outcome.Ends[1] == endWaits
}

// accepts reports whether a run's outcome is allowed.
func (x *search) accepts(r *run) bool {
	if _, ok := x.allowed[r.outcome.key()]; ok {
		return true
	}
	return x.scenario.Relaxed && x.excused(r)
}

// maxExcused bounds the sets of operations that are tried.
const maxExcused = 4

// refusals are the answers to what may not wait and cannot be done.
var refusals = []string{string(subject.Full), string(subject.Empty), string(subject.Timeout)}

// excused reports whether the outcome is allowed when operations that were
// refused while another was in flight count as not done.
func (x *search) excused(r *run) bool {
	type operation struct{ agent, index int }
	var refused []operation
	for i := range 2 {
		for j, answer := range r.outcome.Answers[i] {
			if slices.Contains(refusals, answer) && r.overlapped[i][j] {
				refused = append(refused, operation{i, j})
			}
		}
	}
	if len(refused) > maxExcused {
		return false
	}
	for set := 1; set < 1<<len(refused); set++ {
		without := *x.scenario
		without.Ends = false // without one, the other may wait for it
		scripts := [2][]protocol.Request{without.A, without.B}
		rest := r.outcome
		name := ""
		for i := range 2 {
			var ops []protocol.Request
			var answers []string
			for j, op := range scripts[i] {
				n := slices.Index(refused, operation{i, j})
				if n >= 0 && set&(1<<n) != 0 {
					name += fmt.Sprintf("%d.%d ", i, j)
					continue
				}
				ops = append(ops, op)
				if j < len(rest.Answers[i]) {
					answers = append(answers, rest.Answers[i][j])
				}
			}
			scripts[i], rest.Answers[i] = ops, answers
		}
		without.A, without.B = scripts[0], scripts[1]
		allowed, known := x.relaxed[name]
		if !known {
			var err error
			if allowed, err = x.oracle(&without); err != nil || x.result.Cut {
				return true // what is not known is no violation
			}
			x.relaxed[name] = allowed
		}
		if _, ok := allowed[rest.key()]; ok {
			return true
		}
	}
	return false
}
