package load

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
)

// litmus repeats a litmus test. The two processes judge it themselves, so no
// history is needed; and nothing disturbs them, as they must meet.
func litmus(w *check.World, once func(r *round, l *check.Litmus, count int64)) {
	s := &session{w: w, faults: fault.NewLog(), count: 10 * firstSteps}
	l := w.Litmus(s.process(0), s.process(1))
	s.repeat(time.Now().Add(w.Budget()), func() int64 {
		r := s.newRound()
		once(r, l, s.count)
		r.cleanup[0]()
		return 2 * s.count
	})
	l.Note()
}

// Publish is the litmus test MP: data, then flag; flag, then data.
func Publish(w *check.World) {
	litmus(w, func(r *round, l *check.Litmus, count int64) {
		x := words(r, 256<<10, 0, 2)
		w.Step("round %d: one writes data and then a flag, %d times; the other looks at the flag and then at the data", r.number, count)
		l.Publish(x[0], x[1], count)
	})
}

// Dekker is the litmus test SB: each stores to its own word and loads the
// other's.
func Dekker(w *check.World) {
	litmus(w, func(r *round, l *check.Litmus, count int64) {
		x := words(r, 4096, 0, 2)
		w.Step("round %d: each stores to its own word and then loads the other's, %d times at the same moment", r.number, count)
		l.Dekker(x[0], x[1], count)
	})
}
