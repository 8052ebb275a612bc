package linear

import (
	"slices"

	"github.com/anishathalye/porcupine"

	"github.com/ipckit/ipckit/harness/history"
)

// A sequential object is the specification for porcupine: it says what each
// operation may do to the state when operations run one at a time.
type sequential struct {
	initial any
	// step returns the state after an operation that returned; ok is false if the
	// operation was not possible.
	step func(state any, s *Step) (next any, ok bool)
	// maybe returns the state after an operation that never returned, if it took
	// effect; nil if such an operation does nothing.
	maybe func(state any, s *Step) (next any, ok bool)
	equal func(a, b any) bool // nil: ==
	// sure says that operations that never returned did take effect.
	sure bool
}

// model returns the object as a model of porcupine. Inputs are steps; there are no
// outputs.
func (q sequential) model() porcupine.Model {
	m := porcupine.NondeterministicModel{
		Init:  func() []any { return []any{q.initial} },
		Equal: q.equal,
		Step: func(state, input, _ any) []any {
			s := input.(*Step)
			if q.sure || !s.Op.Pending() {
				if next, ok := q.step(state, s); ok {
					return []any{next}
				}
				return nil
			}
			if q.maybe != nil {
				if next, ok := q.maybe(state, s); ok {
					return []any{state, next}
				}
			}
			return []any{state}
		},
	}
	return m.ToModel()
}

// operations converts steps for porcupine. An operation that never returned extends
// to the end of time.
func operations(steps []Step) []porcupine.Operation {
	ops := make([]porcupine.Operation, len(steps))
	for i := range steps {
		s := &steps[i]
		ops[i] = porcupine.Operation{ClientId: i, Input: s, Call: s.Op.Inv, Return: s.Op.Ret}
		if s.Op.Pending() {
			ops[i].Return = never
		}
	}
	return ops
}

// item is an element of a queue.
type item struct {
	value    uint64
	priority uint32
}

func sameItems(a, b any) bool { return slices.Equal(a.([]item), b.([]item)) }

// queue is FIFO within each priority; capacity 0 means unbounded.
func queue(capacity int, prioritised bool) sequential {
	put := func(state any, s *Step) (any, bool) {
		items := state.([]item)
		if capacity > 0 && len(items) >= capacity {
			return nil, false
		}
		x, at := item{value: s.Op.Value}, len(items)
		if prioritised {
			x.priority = s.Op.Aux
			for at > 0 && items[at-1].priority < x.priority {
				at--
			}
		}
		return slices.Insert(slices.Clone(items), at, x), true
	}
	return sequential{
		initial: []item(nil), equal: sameItems,
		step: func(state any, s *Step) (any, bool) {
			items := state.([]item)
			switch {
			case s.Op.Kind == history.Send && s.Op.Status == history.OK:
				return put(state, s)
			case s.Op.Status == history.Full:
				return state, capacity > 0 && len(items) >= capacity
			case s.Op.Status == history.Empty || s.Op.Status == history.EOF:
				return state, len(items) == 0
			case s.Op.Status != history.OK:
				return state, true
			case len(items) == 0 || items[0].value != s.Op.Value:
				return nil, false
			}
			return items[1:], true
		},
		maybe: func(state any, s *Step) (any, bool) {
			items := state.([]item)
			if s.Op.Kind == history.Send {
				return put(state, s)
			}
			if len(items) == 0 {
				return nil, false
			}
			return items[1:], true
		},
	}
}

func queueModel(proof) sequential    { return queue(0, false) }
func priorityModel(proof) sequential { return queue(0, true) }

// registerModel is a word that is read, written, swapped and added to.
func registerModel(p proof) sequential {
	return sequential{
		initial: p.initial,
		step: func(state any, s *Step) (any, bool) {
			switch {
			case s.Op.Kind == history.Write:
				return s.Op.Value, true
			case s.Op.Kind == history.Swap && s.Op.Status == history.OK:
				return s.Op.Value, state == s.Expected
			case s.Op.Kind == history.Add:
				return s.Op.Value + uint64(int64(int32(s.Op.Aux))), state == s.Op.Value
			}
			return state, state == s.Op.Value
		},
		maybe: func(state any, s *Step) (any, bool) {
			switch s.Op.Kind {
			case history.Write:
				return s.Op.Value, true
			case history.Swap:
				return s.Op.Value, state == s.Expected
			case history.Add:
				return state.(uint64) + uint64(int64(int32(s.Op.Aux))), true
			}
			return nil, false
		},
	}
}

// reigns is an invariant of every part of a register's history: a value, or a chain
// of values, never comes back after it was replaced.
type reigns struct{ current, past uint }

func reignModel(proof) sequential {
	return sequential{
		initial: reigns{},
		sure:    true, // a witness holds their value only if it was seen
		step: func(state any, s *Step) (any, bool) {
			r := state.(reigns)
			v := uint(s.group)
			if v == r.current {
				return r, true
			}
			if r.past&(1<<v) != 0 {
				return nil, false
			}
			return reigns{v, r.past | 1<<r.current}, true
		},
	}
}

// tickets is an invariant of every part of a counter's history: results only grow
// in the direction of the addition.
type tickets struct {
	last  uint64
	drawn bool
}

func ticketModel(p proof) sequential {
	return sequential{
		initial: tickets{},
		step: func(state any, s *Step) (any, bool) {
			t := state.(tickets)
			ahead := int64(s.Op.Value - t.last)
			if p.delta < 0 {
				ahead = -ahead
			}
			return tickets{s.Op.Value, true}, !t.drawn || ahead > 0
		},
	}
}

// holders are the sections that hold a lock, one bit for each group.
type holders struct{ readers, writers uint64 }

func rwModel(proof) sequential {
	step := func(state any, s *Step) (any, bool) {
		l, me := state.(holders), uint64(1)<<s.group
		switch s.Op.Kind {
		case history.Lock:
			if s.Op.Status == history.Failed {
				return l, l != holders{}
			}
			return holders{l.readers, l.writers | me}, l == holders{}
		case history.LockRead:
			if s.Op.Status == history.Failed {
				return l, l.writers != 0
			}
			return holders{l.readers | me, l.writers}, l.writers == 0
		case history.Unlock:
			return holders{l.readers, l.writers &^ me}, l.writers&me != 0
		}
		return holders{l.readers &^ me, l.writers}, l.readers&me != 0
	}
	return sequential{initial: holders{}, step: step, maybe: step}
}

func mutexModel(p proof) sequential { return rwModel(p) }

// permits is a counting semaphore.
func permits(initial int) sequential {
	return sequential{
		initial: initial,
		step: func(state any, s *Step) (any, bool) {
			n := state.(int)
			switch {
			case s.Op.Kind == history.Post:
				return n + 1, true
			case s.Op.Status == history.Failed:
				return n, n == 0
			}
			return n - 1, n > 0
		},
		maybe: func(state any, s *Step) (any, bool) {
			n := state.(int)
			if s.Op.Kind == history.Post {
				return n + 1, true
			}
			return n - 1, n > 0
		},
	}
}
