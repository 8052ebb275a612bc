package semaphore

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// longLife waits and posts so often that counters of both come round while a process
// waits.
func longLife(w *check.World) {
	s := share(w, 0, "waiter", "poster")
	const near = 4
	section.GrowOld(w, "waits", near, func(n int64) {
		for n > 0 {
			some := min(n, w.SemaphoreMaximum(n))
			steps := check.Steps{Count: some, Scratch: w.Scratch(0), Wait: subject.Forever}
			s[1].BeginPosts(steps).Right()
			s[0].BeginWaits(0, steps).Right()
			n -= some
		}
	}, func(done int64) (more int64) {
		for more < 2*near+2 {
			call := s[0].BeginWait(subject.Forever)
			time.Sleep(section.Moment)
			call.StillBlocked("waiting at value zero, after %d waits", done+more)
			post(w, s[1])
			section.Granted(w, call, "the wait for which there was a post, after %d waits,", done+more)
			more++
		}
		return more
	})
}

// noLeak creates, uses and removes a semaphore again and again.
func noLeak(w *check.World) {
	crew := w.Crew("creator", "opener")
	section.Lives(w, crew, func() {
		s := semaphore(w, "cycle", 0, crew)
		zero(w, s[1], "of a new semaphore")
		post(w, s[0])
		worth(w, s[1], 1, "after a post")
		check.GiveBack(w, s)
	})
}
