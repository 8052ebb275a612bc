package lock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// overtakes is how often one that waits may be overtaken; a fair lock needs one
// or none, and this is far from what a lock does that is not.
const overtakes = 16

// lateness is by how much longer the one that waits is left alone before the
// other begins, each time that it was overtaken: it may not have come to the lock
// yet, where the machine is busy.
const lateness = 250 * time.Millisecond

func fair(w *check.World) {
	l := share(w, "greedy", "patient")
	const rounds, again = 9, 3000
	var counts []uint64
	for round, starved := 0, 0; round < rounds; round++ {
		w.Step("round %d: one holds the lock and another waits; the first releases it and takes it again at once, up to %d times", round+1, again)
		s := w.Scratch(0)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks("acquiring the lock while another is inside")
		time.Sleep(time.Duration(starved) * lateness)
		greedy := l[0].BeginAgain(check.Steps{Count: again, Scratch: s, Wait: subject.Forever})
		check.First(call, greedy.Call)
		before := s.Counter()
		if greedy.Returned() {
			before = again
			release(w, l[0])
		}
		_, err := call.Return()
		w.Must(err, "the acquire that waited")
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
			w.Fail("the one that waited was overtaken %d times in %d rounds, in turn: %v", sum(counts), round+1, counts)
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
