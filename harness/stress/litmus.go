package stress

import (
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/fault"
	"github.com/ipckit/ipckit/harness/spec"
)

// litmus repeats a litmus test of two processes, each on a CPU of its own: what
// is looked for happens between processors. They judge it themselves, so no
// history is needed; and nothing disturbs them, as they must meet.
func litmus(w *spec.World, once func(r *round, count int64)) {
	s := &session{w: w, faults: fault.NewLog(), count: 10 * firstSteps}
	cpus := w.CPUs()
	if len(cpus) < 2 {
		w.Skip("this host lets the kit use one CPU, and two processes must run at the same time")
	}
	s.process(0).Pin(cpus[0])
	s.process(1).Pin(cpus[len(cpus)-1])
	s.repeat(time.Now().Add(w.Budget()), func() int64 {
		r := s.newRound()
		once(r, s.count)
		r.cleanup[0]()
		return 2 * s.count
	})
	w.Note("%d operations in %d rounds on two CPUs", s.operations, s.rounds)
}

// Publish is the litmus test MP: data, then flag; flag, then data.
func Publish(w *spec.World) {
	litmus(w, func(r *round, count int64) {
		x := words(r, 256<<10, 0, 2)
		w.Step("round %d: one writes data and then a flag, %d times; the other looks at the flag and then at the data", r.number, count)
		steps := spec.Steps{Count: count, Scratch: w.Scratch(0)}
		flag, follow := x[0].Begin(agent.RoleFlag, steps), x[1].Begin(agent.RoleFollow, steps)
		follow.Right()
		flag.Right()
	})
}

// Dekker is the litmus test SB: each stores to its own word and loads the
// other's.
func Dekker(w *spec.World) {
	litmus(w, func(r *round, count int64) {
		x := words(r, 4096, 0, 2)
		w.Step("round %d: each stores to its own word and then loads the other's, %d times at the same moment", r.number, count)
		scratch := w.Scratch(2 * count)
		steps := spec.Steps{Count: count, Scratch: scratch}
		a, b := x[0].Begin(agent.RoleDekker, steps), x[1].Begin(agent.RoleDekker, steps)
		a.Right()
		b.Right()
		neither, marks := 0, scratch.Marks()
		for i := int64(0); i < 2*count; i += 2 {
			if marks[i] == 1 && marks[i+1] == 1 {
				neither++
			}
		}
		if neither > 0 {
			w.Fail("in %d of %d iterations neither saw the other's store", neither, count)
		}
	})
}
