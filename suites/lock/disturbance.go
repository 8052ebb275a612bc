package lock

import (
	"slices"
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
		section.Interrupted(w, l[1].BeginAcquire(subject.Forever), whileHeld, func() {
			w.Step("the lock is released, and goes to the process that waits")
			release(w, l[0])
		})
		taken(w, l[2], "the lock that the former waiter holds")
		release(w, l[1])
		free(w, l[2], "after all have released it")
	}
}

func abandoned(w *check.World) {
	l := share(w, "owner", "waiter", "impatient")
	acquire(w, l[0])
	call := l[1].BeginAcquire(subject.Forever)
	call.Blocks(whileHeld)
	w.Step("100 tries are refused, while another process waits")
	for range 100 {
		taken(w, l[2], "the lock that owner holds")
	}
	if w.ClaimsExtended("LOCK-DEADLINE") {
		w.Step("20 attempts reach their time limit")
		for range 20 {
			w.Refused(l[2].Acquire(subject.Wait(5*time.Millisecond)), section.NotGranted, "acquiring the lock that owner holds for at most 5 ms")
		}
	}
	w.Step("the lock is released and goes to the process that waits")
	release(w, l[0])
	section.Granted(w, call, waited)
	w.Step("waiting and waking still work, also for the process whose tries were refused")
	call = l[2].BeginAcquire(subject.Forever)
	call.Blocks(whileHeld)
	release(w, l[1])
	section.Granted(w, call, waited)
	release(w, l[2])
	w.Step("the process whose try was refused makes no further attempt, and the others go on")
	acquire(w, l[0])
	taken(w, l[2], "the lock that owner holds")
	release(w, l[0])
	for range 3 {
		acquire(w, l[1])
		release(w, l[1])
	}
	w.Step("a process exits whose tries were refused")
	acquire(w, l[0])
	taken(w, l[2], "the lock that owner holds")
	l[2].Process().Exit()
	release(w, l[0])
	acquire(w, l[1])
	release(w, l[1])
	free(w, l[0], "after all have released it")
	if w.ClaimsExtended("LOCK-DEADLINE") {
		givesUpAmongOthers(w)
	}
}

// givesUpAmongOthers has the time of one process run out while others wait before and
// behind it.
func givesUpAmongOthers(w *check.World) {
	l := check.Share(w, w.ObjectName("queue"), w.Crew("holder", "one", "two", "three"), (*check.Process).CreateLock, (*check.Process).OpenLock)
	for at, place := range []string{"first", "second"} {
		w.Step("three processes wait; the %s of them gives up, and the others get the lock", place)
		acquire(w, l[0])
		calls := section.GivesUpAmong(w, at, whileHeld, l[1].BeginAcquire, l[2].BeginAcquire, l[3].BeginAcquire)
		release(w, l[0])
		waiting := slices.Delete(slices.Clone(l[1:]), at, at+1)
		for len(calls) > 0 {
			i := check.First(calls...)
			section.Granted(w, calls[i], "the acquire that waited beside one that gave up")
			release(w, waiting[i])
			calls, waiting = slices.Delete(calls, i, i+1), slices.Delete(waiting, i, i+1)
		}
		free(w, l[at+1], "after all have released it")
	}
}

func deadline(w *check.World) {
	l := share(w, "owner", "second", "third", "fourth")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("an acquire of the lock that another process holds, for at most %v", limit)
		acquire(w, l[0])
		section.GivesUp(w, limit, "acquiring the lock that owner holds", l[1].BeginAcquire)
		release(w, l[0])
		free(w, l[2], "after the attempt that gave up")
	}
	acquire(w, l[0])
	far := l[3].BeginAcquire(section.Far)
	section.CrossSeconds(w, section.NotGranted, "acquiring the lock that owner holds", map[check.Clock][]section.Attempt{
		check.Realtime: {l[1].BeginAcquire}, check.Monotonic: {l[2].BeginAcquire},
	})
	far.StillBlocked(whileHeld + " for at most an hour")
	w.Step("the lock is released before the limit")
	release(w, l[0])
	section.Granted(w, far, waited)
	taken(w, l[2], "the lock that the former waiter holds")
	release(w, l[3])
	w.Step("all processes acquire with limits of 1 ms at full speed")
	s := w.Scratch(0)
	works, total := sections(l, check.Steps{Count: steps(w, 1000), Scratch: s, Wait: subject.Wait(time.Millisecond)})
	section.Right(works)
	section.LostNone(w, s, total)
	free(w, l[0], "after the run at full speed")
}
