package lock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

func progress(w *check.World) {
	l := share(w, "idle", "busy", "other")
	w.Step("one process acquires and releases, the others do not take part")
	for range 10 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("another takes it up, and the first no longer takes part")
	for range 10 {
		acquire(w, l[2])
		release(w, l[2])
	}
	w.Step("the one that never took part is killed, and nobody holds the lock")
	l[0].Process().Kill()
	for range 5 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("another ends in order")
	l[2].Process().Exit()
	for range 5 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Must(l[1].Unlink(), "unlinking the lock by the one who is left")
}

func try(w *check.World) {
	l := share(w, "owner", "second", "third")
	for round := range 20 {
		w.Step("round %d: a try of the free lock, and tries of the lock that is held", round+1)
		w.Must(l[0].Acquire(subject.Never), "a try of the free lock")
		taken(w, l[1], "the lock that another holds")
		taken(w, l[2], "the lock that another holds")
		release(w, l[0])
		w.Must(l[1].Acquire(subject.Never), "a try of the lock that was released before")
		taken(w, l[0], "the lock that another holds")
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
		_, err := call.Return()
		w.Must(err, "the acquire that waited")
	}
	w.Step("three wait, and one release lets them in one after the other")
	s := w.Scratch(0)
	works, _ := sections(l[1:], check.Steps{Count: 1, Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Blocks("acquiring the lock while another is inside")
	}
	release(w, l[0])
	for _, x := range works {
		x.Right()
	}
	w.Step("all of them acquire and release at full speed")
	works, _ = sections(l, check.Steps{Count: steps(w, 2000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Right()
	}
	free(w, l[0], "after all that")
}

func sleep(w *check.World) {
	l := share(w, "owner", "waiter")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Forever)
	w.Step("the processor time of the one that waits is watched")
	call.Sleeps("acquiring the lock while another is inside")
	release(w, l[0])
	_, err := call.Return()
	w.Must(err, "the acquire that waited")
	release(w, l[1])
}
