package semaphore

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func block(w *check.World) {
	s := share(w, 0, "waiter", "other waiter", "poster")
	for round := range 3 {
		w.Step("round %d: a process waits at value zero", round+1)
		call := s[0].BeginWait(subject.Forever)
		call.Blocks(atZero)
		post(w, s[2])
		section.Granted(w, call, waited)
		zero(w, s[1], "after a post and a wait")
	}
	w.Step("two processes wait; one post lets one of them through")
	a, b := s[0].BeginWait(subject.Forever), s[1].BeginWait(subject.Forever)
	a.Blocks(atZero)
	b.Blocks(atZero)
	post(w, s[2])
	through, held := a, b
	if check.First(a, b) == 1 {
		through, held = b, a
	}
	_, err := through.Return()
	w.Must(err, "the wait that the post let through")
	held.Blocks("waiting at value zero, after one post for two processes that wait")
	post(w, s[2])
	_, err = held.Return()
	w.Must(err, "the other wait")
	zero(w, s[2], "after as many waits as posts")
}

func wake(w *check.World) {
	s := share(w, 0, "poster", "first", "second", "third")
	w.Step("a waiting process is woken by each of 50 posts")
	for range 50 {
		call := s[1].BeginWait(subject.Forever)
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		post(w, s[0])
		section.Granted(w, call, waited)
	}
	if permits(w, 3) == 3 {
		w.Step("three processes wait, and three posts follow each other at once")
		for range 10 {
			var calls []*check.Call
			for _, x := range s[1:] {
				calls = append(calls, x.BeginWait(subject.Forever))
			}
			for _, c := range calls {
				c.Blocks(atZero)
			}
			posts := s[0].BeginPosts(check.Steps{Count: 3, Scratch: w.Scratch(0)})
			posts.Right()
			for _, c := range calls {
				_, err := c.Return()
				w.Must(err, "a wait for which there was a post")
			}
		}
	}
	w.Step("two processes post and two wait at full speed")
	transfer(w, s, w.Scratch(0), steps(w, 4000), subject.Forever)
	zero(w, s[0], "after as many waits as posts")
}

func try(w *check.World) {
	s := share(w, 1, "first", "second")
	for round := range 20 {
		w.Step("round %d: a try at value 1, and tries at value zero", round+1)
		w.Must(s[0].Wait(subject.Never), "a try at value 1")
		zero(w, s[1], "which another process took")
		zero(w, s[0], "which it took itself")
		post(w, s[1])
	}
	worth(w, s[0], 1, "after tries that were refused")
}

func sleep(w *check.World) {
	s := share(w, 0, "waiter", "poster")
	call := s[0].BeginWait(subject.Forever)
	w.Step("the processor time of the process that waits is watched")
	call.Sleeps(atZero)
	post(w, s[1])
	section.Granted(w, call, waited)
}
