package rwlock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// mostBefore is how many others may enter before a process that waits.
const mostBefore = 100

// arrival is how long it may take on a busy machine until a process has come to the
// lock. Readers take turns so fast that a hundred of them say nothing of a writer
// that has not come to the lock yet; of writers each is seen to wait.
const arrival = 5 * time.Second

// fair lets one side come again and again, with one of the other side
// waiting.
func fair(w *check.World) {
	l := share(w, "first reader", "second reader", "writer", "second writer")
	w.Step("a writer waits; two readers take turns, so that one is always inside")
	enterRead(w, l[0], "while no process is inside")
	write := l[2].BeginWrite(subject.Forever)
	write.Blocks("entering as a writer while a reader is inside")
	before, pending := readersKeepComing(w, l[:2], write)
	comesIn(w, write, "the writer that waited")
	leave(w, l[2])
	if pending != nil {
		comesIn(w, pending.call, "the reader")
		leave(w, pending.lock)
	}
	w.Step("a reader waits; two writers take turns, so that one always waits")
	enterWrite(w, l[2], "while no process is inside")
	read := l[0].BeginRead(subject.Forever)
	read.Blocks("entering as a reader while a writer is inside")
	after, pending := writersKeepComing(w, l[2:], read)
	leave(w, l[0])
	comesIn(w, pending.call, "the writer")
	leave(w, pending.lock)
	w.Note("the writer entered after %d readers, the reader after %d writers", before, after)
}

// queued is a call of a process that waits for a lock.
type queued struct {
	lock *check.RWLock
	call *check.Call
}

// readersKeepComing goes on until the writer is let in, or a reader has to
// wait for it and no other is inside. It gives that reader, if there is one.
func readersKeepComing(w *check.World, readers []*check.RWLock, write *check.Call) (before int, _ *queued) {
	const look = 200 * time.Millisecond // a reader that is not let in by then may be waiting for the writer
	for began := time.Now(); before < mostBefore || time.Since(began) < arrival; {
		if before >= mostBefore {
			time.Sleep(10 * time.Millisecond)
		}
		inside, next := readers[before%2], readers[(before+1)%2]
		call := next.BeginRead(subject.Forever)
		for limit := time.Now().Add(look); !call.Returned() && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		came := call.Returned()
		leave(w, inside)
		if !came && check.First(write, call) == 0 {
			return before, &queued{next, call}
		}
		comesIn(w, call, "the reader that waited")
		before++
	}
	if !write.Returned() {
		w.Fail("%d readers entered before the writer that waits, and it still waits; fewer than %d may", before, mostBefore)
	}
	leave(w, readers[before%2])
	return before, nil
}

// writersKeepComing goes on until the reader is let in; it gives the writer
// that waits then.
func writersKeepComing(w *check.World, writers []*check.RWLock, read *check.Call) (before int, _ *queued) {
	for before < mostBefore {
		inside, next := writers[before%2], writers[(before+1)%2]
		call := next.BeginWrite(subject.Forever)
		call.Blocks("entering as a writer while another writer is inside")
		leave(w, inside)
		if check.First(read, call) == 0 {
			comesIn(w, read, "the reader that waited")
			return before, &queued{next, call}
		}
		comesIn(w, call, "the writer that waited")
		before++
	}
	w.Fail("%d writers entered before the reader that waits, and it still waits; fewer than that may", before)
	return before, nil
}
