package semaphore

import (
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func eintr(w *check.World) {
	s := share(w, 0, "waiter", "poster")
	for round := range 3 {
		w.Step("round %d: signals arrive at the process that waits", round+1)
		section.Interrupted(w, s[0].BeginWait(subject.Forever), atZero, func() { post(w, s[1]) })
		zero(w, s[1], "after a post and a wait")
		post(w, s[1])
		worth(w, s[0], 1, "after one more post")
	}
}

func abandoned(w *check.World) {
	s := share(w, 0, "waiter", "impatient", "poster")
	call := s[0].BeginWait(subject.Forever)
	call.Blocks(atZero)
	w.Step("100 tries are refused, while another process waits")
	for range 100 {
		zero(w, s[1], "while another process waits")
	}
	if w.ClaimsExtended("SEM-DEADLINE") {
		w.Step("20 waits reach their time limit")
		for range 20 {
			w.Refused(s[1].Wait(subject.Wait(5*time.Millisecond)), section.NotGranted, "waiting at value zero for at most 5 ms")
		}
	}
	w.Step("a post goes to the process that waits")
	post(w, s[2])
	section.Granted(w, call, waited)
	w.Step("the value is what was posted")
	n := int(permits(w, 3))
	for range n {
		post(w, s[2])
	}
	worth(w, s[0], n, "after refused tries")
	w.Step("waiting and waking still work, also for the process whose tries were refused")
	call = s[1].BeginWait(subject.Forever)
	call.Blocks(atZero)
	post(w, s[2])
	section.Granted(w, call, waited)
	zero(w, s[0], "after as many waits as posts")
	if w.ClaimsExtended("SEM-DEADLINE") {
		givesUpAmongOthers(w)
	}
}

// givesUpAmongOthers has the time of one process run out while others wait before and
// behind it.
func givesUpAmongOthers(w *check.World) {
	s := semaphore(w, "queue", 0, w.Crew("other poster", "one", "two", "three"))
	for at, place := range []string{"first", "second"} {
		w.Step("three processes wait; the %s of them gives up, and the others are let through by two posts", place)
		calls := section.GivesUpAmong(w, at, atZero, s[1].BeginWait, s[2].BeginWait, s[3].BeginWait)
		for len(calls) > 0 {
			post(w, s[0])
			i := check.First(calls...)
			section.Granted(w, calls[i], "the wait beside one that gave up, for which there was a post")
			calls = slices.Delete(calls, i, i+1)
		}
		zero(w, s[0], "after as many waits as posts")
	}
}

func deadline(w *check.World) {
	s := share(w, 0, "waiter", "poster", "third", "fourth")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("a wait at value zero, for at most %v", limit)
		section.GivesUp(w, limit, atZero, s[0].BeginWait)
		post(w, s[1])
		worth(w, s[1], 1, "after a post, and a wait that had given up")
	}
	far := s[3].BeginWait(section.Far)
	section.CrossSeconds(w, section.NotGranted, atZero, map[check.Clock][]section.Attempt{
		check.Realtime: {s[0].BeginWait}, check.Monotonic: {s[2].BeginWait},
	})
	far.StillBlocked(atZero + " for at most an hour")
	w.Step("a post comes before the limit")
	post(w, s[1])
	section.Granted(w, far, waited)
	zero(w, s[1], "after a post and a wait")
	w.Step("two processes post and two wait with limits of 1 ms at full speed")
	transfer(w, s, w.Scratch(0), steps(w, 2000), subject.Wait(time.Millisecond))
	zero(w, s[0], "after as many waits as posts")
}
