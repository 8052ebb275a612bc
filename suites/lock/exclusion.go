package lock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func exclusion(w *check.World) {
	l := share(w, "first", "second", "third")
	for round := range 3 {
		w.Step("round %d: one process holds the lock, another waits until it is released", round+1)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks(whileHeld)
		release(w, l[0])
		section.Granted(w, call, waited)
		release(w, l[1])
	}
	w.Step("all processes acquire and release at full speed, and look whether another is inside")
	s := w.Scratch(0)
	works, total := sections(l, check.Steps{Count: steps(w, 4000), Scratch: s, Wait: subject.Forever})
	section.Right(works)
	section.LostNone(w, s, total)
	w.Note("%d sections by %d processes", total, len(l))
}

func visible(w *check.World) {
	l := share(w, "first", "second", "third")
	s := w.Scratch(0)
	w.Step("all processes add to a plain counter inside, at full speed")
	works, total := sections(l, check.Steps{Count: steps(w, 2000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Whole()
	}
	section.LostNone(w, s, total)
	section.Right(works)
	for i, word := range s.Record() {
		if word != total {
			w.Fail("word %d of what the last owner wrote is %d; it must be %d, the number of sections", i, word, total)
		}
	}
}
