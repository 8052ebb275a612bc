package rwlock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// longLife enters so often that counters come round while one process is inside and
// another waits. Half of the entries are readers'.
func longLife(w *check.World) {
	l := share(w, "first", "second")
	inside := func(enter func(*check.World, *check.RWLock, string), begin section.Attempt, entries int64) {
		enter(w, l[0], "while no process is inside")
		call := begin(subject.Forever)
		time.Sleep(section.Moment)
		call.StillBlocked("entering while another process is inside, after %d entries", entries)
		leave(w, l[0])
		section.Granted(w, call, "the call of the process that waited, after %d entries,", entries)
		leave(w, l[1])
	}
	const near = 4
	section.GrowOld(w, "entries", near, func(n int64) {
		for _, half := range []struct {
			begin func(check.Steps) *check.Work
			count int64
		}{{l[0].BeginReads, n / 2}, {l[1].BeginWrites, n - n/2}} {
			half.begin(check.Steps{Count: half.count, Scratch: w.Scratch(0), Wait: subject.Forever}).Right()
		}
	}, func(done int64) (more int64) {
		for more < 2*near+2 {
			inside(enterWrite, l[1].BeginRead, done+more+1)
			inside(enterRead, l[1].BeginWrite, done+more+3)
			more += 4
		}
		return more
	})
}

// noLeak creates, uses and removes a lock again and again.
func noLeak(w *check.World) {
	crew, name := w.Crew("creator", "opener"), w.ObjectName("cycle")
	section.Lives(w, crew, func() {
		l := check.Share(w, name, crew, (*check.Process).CreateRWLock, (*check.Process).OpenRWLock)
		enterRead(w, l[0], "while no process is inside")
		refusedWrite(w, l[1], "while a reader is inside")
		leave(w, l[0])
		enterWrite(w, l[1], "after the reader has left")
		leave(w, l[1])
		check.GiveBack(w, l)
	})
}
