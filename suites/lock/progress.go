package lock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func progress(w *check.World) {
	l := share(w, "idle", "busy", "other")
	w.Step("one process acquires and releases; the others take no part")
	for range 10 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("another process acquires and releases; the first takes no part any more")
	for range 10 {
		acquire(w, l[2])
		release(w, l[2])
	}
	w.Step("the process that never took part is killed while no process holds the lock")
	l[0].Process().Kill()
	for range 5 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("another process exits")
	l[2].Process().Exit()
	for range 5 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Must(l[1].Unlink(), "unlinking the lock by the process that is left")
}

func try(w *check.World) {
	l := share(w, "owner", "second", "third")
	for round := range 20 {
		w.Step("round %d: a try to acquire the free lock, and tries to acquire it while it is held", round+1)
		w.Must(l[0].Acquire(subject.Never), "a try by owner to acquire the free lock")
		taken(w, l[1], "the lock that another process holds")
		taken(w, l[2], "the lock that another process holds")
		release(w, l[0])
		w.Must(l[1].Acquire(subject.Never), "a try by second to acquire the lock that owner has released")
		taken(w, l[0], "the lock that another process holds")
		release(w, l[1])
	}
}

func wake(w *check.World) {
	l := share(w, "first", "second", "third", "fourth")
	w.Step("a waiting process is woken by each of 50 releases")
	acquire(w, l[0])
	for i := range 50 {
		holder, waiter := l[i%2], l[(i+1)%2]
		call := waiter.BeginAcquire(subject.Forever)
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		release(w, holder)
		section.Granted(w, call, waited)
	}
	w.Step("three processes wait, and one release lets them in one after the other")
	s := w.Scratch(0)
	works, _ := sections(l[1:], check.Steps{Count: 1, Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Blocks(whileHeld)
	}
	release(w, l[0])
	section.Right(works)
	w.Step("all processes acquire and release at full speed")
	works, _ = sections(l, check.Steps{Count: steps(w, 2000), Scratch: s, Wait: subject.Forever})
	section.Right(works)
	free(w, l[0], "after the run at full speed")
}

func sleep(w *check.World) {
	l := share(w, "owner", "waiter")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Forever)
	w.Step("the processor time of the process that waits is watched")
	call.Sleeps(whileHeld)
	release(w, l[0])
	section.Granted(w, call, waited)
	release(w, l[1])
}
