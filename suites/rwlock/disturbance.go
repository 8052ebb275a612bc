package rwlock

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func eintr(w *check.World) {
	l := share(w, "owner", "waiter", "witness")
	for round := range 2 {
		w.Step("round %d: signals arrive at a reader that waits", round+1)
		enterWrite(w, l[0], "while no process is inside")
		section.Interrupted(w, l[1].BeginRead(subject.Forever), "entering as a reader while a writer is inside", func() { leave(w, l[0]) })
		refusedWrite(w, l[2], "while the reader that waited is inside")
		leave(w, l[1])
		w.Step("round %d: signals arrive at a writer that waits", round+1)
		enterRead(w, l[0], "while no process is inside")
		section.Interrupted(w, l[1].BeginWrite(subject.Forever), "entering as a writer while a reader is inside", func() { leave(w, l[0]) })
		refusedRead(w, l[2], "while the writer that waited is inside")
		leave(w, l[1])
		w.Must(l[2].Write(subject.Never), "a try to write after all have left")
		leave(w, l[2])
	}
}

func abandoned(w *check.World) {
	l := share(w, "first", "second", "impatient")
	limited := w.ClaimsExtended("RW-DEADLINE")
	w.Step("a reader is inside; a writer's tries are refused")
	enterRead(w, l[0], "while no process is inside")
	for range 50 {
		refusedWrite(w, l[2], "while a reader is inside")
	}
	if limited {
		w.Step("20 attempts to write reach their time limit")
		for range 20 {
			w.Refused(l[2].Write(subject.Wait(5*time.Millisecond)), section.NotGranted, "entering as a writer for at most 5 ms, while a reader is inside")
		}
	}
	w.Step("the writer makes no further attempt; another reader enters beside the first")
	enterRead(w, l[1], "beside another reader, after a writer gave up")
	leave(w, l[1])
	leave(w, l[0])
	w.Step("a writer is inside; a reader's tries are refused")
	enterWrite(w, l[0], "while no process is inside")
	for range 50 {
		refusedRead(w, l[2], "while a writer is inside")
	}
	if limited {
		for range 20 {
			w.Refused(l[2].Read(subject.Wait(5*time.Millisecond)), section.NotGranted, "entering as a reader for at most 5 ms, while a writer is inside")
		}
	}
	leave(w, l[0])
	w.Step("the reader makes no further attempt; a writer enters, and waiting still works")
	enterWrite(w, l[1], "after a reader gave up")
	call := l[2].BeginRead(subject.Forever)
	call.Blocks("entering as a reader while a writer is inside")
	leave(w, l[1])
	comesIn(w, call, "the reader that waited")
	leave(w, l[2])
	enterWrite(w, l[0], "after all have left")
	leave(w, l[0])
	if limited {
		givesUpAmongOthers(w)
	}
}

// givesUpAmongOthers has the time of one process run out while others wait behind it, of
// its own kind and of the other.
func givesUpAmongOthers(w *check.World) {
	l := check.Share(w, w.ObjectName("queue"), w.Crew("holder", "one", "two", "three"), (*check.Process).CreateRWLock, (*check.Process).OpenRWLock)
	const behindReader, behindWriter = "entering as a writer while a reader is inside", "entering while a writer is inside"
	w.Step("a reader is inside, a writer waits, and a reader behind it; the writer gives up, and nothing keeps the reader out any more")
	enterRead(w, l[0], "while no process is inside")
	write := l[1].BeginWrite(subject.Wait(section.Patience))
	write.Blocks(behindReader)
	read := l[2].BeginRead(subject.Forever) // whether it is let in before the writer is for the lock to choose
	write.Expires(section.Patience, section.NotGranted, behindReader)
	comesIn(w, read, "the reader behind a writer that gave up")
	leave(w, l[2])
	leave(w, l[0])
	w.Step("a writer is inside; a reader waits, a writer and a reader behind it; the writer that waits gives up, and both readers come in together")
	enterWrite(w, l[0], "while no process is inside")
	calls := section.GivesUpAmong(w, 1, behindWriter, l[1].BeginRead, l[2].BeginWrite, l[3].BeginRead)
	leave(w, l[0])
	for _, c := range calls {
		comesIn(w, c, "a reader beside a writer that gave up")
	}
	leave(w, l[1])
	leave(w, l[3])
	w.Step("a writer is inside; a reader waits, and two writers behind it; the reader gives up, and the writers come in one after the other")
	enterWrite(w, l[0], "while no process is inside")
	calls = section.GivesUpAmong(w, 0, behindWriter, l[1].BeginRead, l[2].BeginWrite, l[3].BeginWrite)
	leave(w, l[0])
	i := check.First(calls...)
	comesIn(w, calls[i], "a writer behind a reader that gave up")
	leave(w, l[2+i])
	comesIn(w, calls[1-i], "the other writer behind a reader that gave up")
	leave(w, l[3-i])
	enterWrite(w, l[1], "after all have left")
	leave(w, l[1])
}

func deadline(w *check.World) {
	l := share(w, "owner", "second", "third", "fourth", "fifth", "sixth")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("a reader and a writer with a limit of %v, while a writer is inside", limit)
		enterWrite(w, l[0], "while no process is inside")
		section.GivesUp(w, limit, "entering as a reader while a writer is inside", l[1].BeginRead)
		section.GivesUp(w, limit, "entering as a writer while another is inside", l[2].BeginWrite)
		leave(w, l[0])
		w.Must(l[3].Write(subject.Never), "a try by fourth to write, after attempts that gave up")
		leave(w, l[3])
	}
	enterWrite(w, l[0], "while no process is inside")
	far := l[5].BeginRead(section.Far)
	section.CrossSeconds(w, section.NotGranted, "entering while a writer is inside", map[check.Clock][]section.Attempt{
		check.Realtime: {l[1].BeginRead, l[2].BeginWrite}, check.Monotonic: {l[3].BeginRead, l[4].BeginWrite},
	})
	far.StillBlocked("entering as a reader for at most an hour, while a writer is inside")
	w.Step("the writer leaves before the limit")
	leave(w, l[0])
	comesIn(w, far, "the reader that waited")
	leave(w, l[5])
	w.Step("all processes enter and leave with limits of 1 ms at full speed")
	s := w.Scratch(0)
	works, writes := visits(l[:4], check.Steps{Count: steps(w, 1000), Scratch: s, Wait: subject.Wait(time.Millisecond)})
	section.Right(works)
	section.LostNone(w, s, writes)
}
