package lock

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func owner(w *check.World) {
	l := share(w, "owner", "stranger", "witness")
	notYours := []subject.Kind{subject.Invalid, subject.Permission}
	w.Step("a process that does not hold the lock releases it")
	w.Refused(l[1].Release(), notYours, "releasing the free lock")
	acquire(w, l[0])
	w.Refused(l[1].Release(), notYours, "releasing the lock that another process holds")
	taken(w, l[2], "the lock, which is still its owner's")
	w.Step("a process whose try was refused releases nothing either")
	taken(w, l[1], "the lock that another process holds")
	w.Refused(l[1].Release(), notYours, "releasing the lock that another process holds")
	release(w, l[0])
	w.Refused(l[0].Release(), notYours, "releasing the lock a second time")
	free(w, l[2], "that its owner has released")
}

func ownerDeath(w *check.World) {
	l := share(w, "survivor", "other")
	name := l[0].Name
	for round := range 3 {
		owner := w.Process(fmt.Sprintf("owner %d", round+1))
		o, err := owner.OpenLock(name)
		w.Must(err, "opening the lock")
		acquire(w, o)
		if round%2 == 0 {
			w.Step("the owner is killed; the next process acquires")
			owner.Kill()
			section.Inherits(w, l[0].Acquire(subject.Forever))
		} else {
			w.Step("another process waits; the owner is killed")
			call := l[0].BeginAcquire(subject.Forever)
			call.Blocks(whileHeld)
			owner.Kill()
			_, err := call.Return()
			section.Inherits(w, err)
		}
		taken(w, l[1], "the lock that the heir holds")
		release(w, l[0])
		w.Step("after that the lock works as before, and no longer reports the death")
		for range 3 {
			for _, x := range l {
				acquire(w, x)
				release(w, x)
			}
		}
	}
	inherited(w)
}

// killed kills one of three processes at full speed, wherever it is.
func killed(w *check.World) {
	l := share(w, "first", "second")
	const rounds = 10
	for round := range rounds {
		w.Step("round %d: one of three processes is killed at full speed", round+1)
		s := w.Scratch(0)
		doomed := w.Process(fmt.Sprintf("doomed %d", round+1))
		d, err := doomed.OpenLock(l[0].Name)
		w.Must(err, "opening the lock")
		d.BeginSections(check.Steps{Count: 1 << 40, Scratch: s, Wait: subject.Forever})
		works, total := sections(l, check.Steps{Count: steps(w, 1500), Scratch: s, Wait: subject.Forever})
		time.Sleep(time.Duration(1000+w.Rand.IntN(8000)) * time.Microsecond)
		doomed.Kill()
		section.Right(works)
		if n := s.Counter(); n < total {
			w.Fail("an update was lost: the survivors were inside %d times, and the counter is %d; it must be at least that", total, n)
		}
	}
	w.Note("%d processes killed at random moments", rounds)
	if err := l[0].Acquire(subject.Forever); subject.KindOf(err) != subject.OwnerDead { // the last may have died after the others were done
		w.Must(err, "acquiring the lock by %s", l[0].Process().Name())
	}
	release(w, l[0])
	for _, x := range l {
		acquire(w, x)
		release(w, x)
	}
}
