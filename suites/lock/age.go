package lock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// longLife acquires so often that a counter of tickets comes round while one process is
// inside and another waits.
func longLife(w *check.World) {
	l := share(w, "owner", "waiter")
	const near = 4
	section.GrowOld(w, "acquisitions", near, func(n int64) {
		l[0].BeginSections(check.Steps{Count: n, Scratch: w.Scratch(0), Wait: subject.Forever}).Right()
	}, func(done int64) (more int64) {
		for more < 2*near+2 {
			acquire(w, l[0])
			call := l[1].BeginAcquire(subject.Forever)
			time.Sleep(section.Moment)
			call.StillBlocked("acquiring the lock that owner holds, after %d acquisitions", done+more+1)
			release(w, l[0])
			section.Granted(w, call, "the acquire that waited, after %d acquisitions,", done+more+1)
			release(w, l[1])
			more += 2
		}
		return more
	})
}

// noLeak creates, uses and removes a lock again and again.
func noLeak(w *check.World) {
	crew, name := w.Crew("creator", "opener"), w.ObjectName("cycle")
	section.Lives(w, crew, func() {
		l := check.Share(w, name, crew, (*check.Process).CreateLock, (*check.Process).OpenLock)
		acquire(w, l[0])
		taken(w, l[1], "the lock that creator holds")
		release(w, l[0])
		free(w, l[1], "after its release")
		check.GiveBack(w, l)
	})
}
