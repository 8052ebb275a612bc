package lock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func eintr(w *check.World) {
	l := share(w, "owner", "waiter", "witness")
	for round := range 3 {
		w.Step("round %d: signals arrive at the process that waits", round+1)
		acquire(w, l[0])
		call := l[1].BeginAcquire(subject.Forever)
		call.Blocks("acquiring the lock while another is inside")
		l[1].Process().Disturb(10)
		call.StillBlocked("acquiring the lock while another is inside, during signals")
		w.Step("the lock is released, and goes to the one that waits")
		release(w, l[0])
		_, err := call.Return()
		w.Must(err, "the acquire that signals arrived in")
		taken(w, l[2], "the lock that the one who waited holds")
		release(w, l[1])
		free(w, l[2], "that everybody has released")
	}
}

func abandoned(w *check.World) {
	l := share(w, "owner", "waiter", "impatient")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Forever)
	call.Blocks("acquiring the lock while another is inside")
	w.Step("100 tries are refused, while another waits")
	for range 100 {
		taken(w, l[2], "the lock that another holds")
	}
	if w.ClaimsExtended("LOCK-DEADLINE") {
		w.Step("20 attempts run into their time limit")
		for range 20 {
			w.Refused(l[2].Acquire(subject.Wait(5*time.Millisecond)), section.NotGranted, "acquiring the lock that is held, for 5 ms")
		}
	}
	w.Step("the lock is released and goes to the one that waits")
	release(w, l[0])
	_, err := call.Return()
	w.Must(err, "the acquire that waited")
	w.Step("waiting and waking still work, for the one that was refused too")
	call = l[2].BeginAcquire(subject.Forever)
	call.Blocks("acquiring the lock while another is inside")
	release(w, l[1])
	_, err = call.Return()
	w.Must(err, "the acquire that waited")
	release(w, l[2])
	w.Step("the one whose try was refused wants nothing more, and the others go on")
	acquire(w, l[0])
	taken(w, l[2], "the lock that another holds")
	release(w, l[0])
	for range 3 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("one ends whose tries were refused")
	acquire(w, l[0])
	taken(w, l[2], "the lock that another holds")
	l[2].Process().Exit()
	release(w, l[0])
	acquire(w, l[1])
	release(w, l[1])
	free(w, l[0], "that everybody has released")
}

func deadline(w *check.World) {
	l := share(w, "owner", "second", "third")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("an acquire of the lock that is held, for %v", limit)
		acquire(w, l[0])
		began := time.Now()
		w.Refused(l[1].Acquire(subject.Wait(limit)), section.NotGranted, "acquiring the lock that is held, for %v", limit)
		section.TooEarly(w, began, limit)
		release(w, l[0])
		free(w, l[2], "after the attempt that gave up")
	}
	w.Step("the lock is released before the limit")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Wait(time.Hour))
	call.Blocks("acquiring the lock while another is inside, for an hour")
	release(w, l[0])
	_, err := call.Return()
	w.Must(err, "the acquire that waited, for at most an hour")
	taken(w, l[2], "the lock that the one who waited holds")
	release(w, l[1])
	w.Step("all of them acquire with limits of 1 ms at full speed")
	s := w.Scratch(0)
	works, total := sections(l, check.Steps{Count: steps(w, 1000), Scratch: s, Wait: subject.Wait(time.Millisecond)})
	for _, x := range works {
		x.Right()
	}
	section.LostNone(w, s, total)
	free(w, l[0], "after all that")
}
