package lock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// overtakes is how often a process that waits may be overtaken; with a fair lock
// that is once or never, and with an unfair one far more often than this.
const overtakes = 16

// lateness is how much longer the process that waits is given before the other
// begins, each time that it was overtaken: on a busy machine it may not have come to
// the lock yet.
const lateness = 250 * time.Millisecond

func fair(w *check.World) {
	l := share(w, "greedy", "patient")
	const rounds, again = 9, 3000
	var counts []uint64
	for round, starved := 0, 0; round < rounds; round++ {
		w.Step("round %d: one process holds the lock and another waits; the first releases it and takes it again at once, up to %d times", round+1, again)
		s := w.Scratch(0)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks(whileHeld)
		time.Sleep(time.Duration(starved) * lateness)
		greedy := l[0].BeginAgain(check.Steps{Count: again, Scratch: s, Wait: subject.Forever})
		check.First(call, greedy.Call)
		before := s.Counter()
		if greedy.Returned() {
			before = again
			release(w, l[0])
		}
		section.Granted(w, call, waited)
		counts = append(counts, before)
		release(w, l[1])
		greedy.Whole()
		if before < again {
			release(w, l[0])
		}
		if before > overtakes {
			starved++
		}
		if 2*starved > rounds {
			w.Fail("the process that waited was overtaken %d times in %d rounds (%v); at most %d times a round is allowed, in half of the rounds", sum(counts), round+1, counts, overtakes)
		}
	}
	w.Note("overtaken in %d rounds: %v times", rounds, counts)
}

func sum(list []uint64) (n uint64) {
	for _, x := range list {
		n += x
	}
	return n
}
