package rwlock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func try(w *check.World) {
	l := share(w, "first", "second", "third")
	for round := range 10 {
		w.Step("round %d: tries while a writer is inside", round+1)
		w.Must(l[0].Write(subject.Never), "a try to write while no process is inside")
		refusedRead(w, l[1], "while a writer is inside")
		refusedWrite(w, l[2], "while a writer is inside")
		leave(w, l[0])
		w.Must(l[0].Write(subject.Never), "a try to write while no process is inside, after tries that were refused,")
		leave(w, l[0])
		w.Step("round %d: tries while a reader is inside", round+1)
		w.Must(l[0].Read(subject.Never), "a try to read while no process is inside")
		w.Must(l[1].Read(subject.Never), "a try to read beside another reader, with no writer about,")
		refusedWrite(w, l[2], "while readers are inside")
		leave(w, l[0])
		refusedWrite(w, l[2], "while a reader is inside")
		leave(w, l[1])
		w.Must(l[2].Write(subject.Never), "a try to write after all readers have left")
		leave(w, l[2])
	}
}

func wake(w *check.World) {
	l := share(w, "writer", "first reader", "second reader", "third reader")
	for round := range 5 {
		w.Step("round %d: a writer is inside and three readers wait; it leaves, and all of them enter", round+1)
		enterWrite(w, l[0], "while no process is inside")
		var calls []*check.Call
		for _, x := range l[1:] {
			calls = append(calls, x.BeginRead(subject.Forever))
		}
		for _, c := range calls {
			c.Blocks("entering as a reader while a writer is inside")
		}
		leave(w, l[0])
		for _, c := range calls {
			comesIn(w, c, "a reader that waited")
		}
		w.Step("round %d: the readers leave, and the writer enters", round+1)
		write := l[0].BeginWrite(subject.Forever)
		for _, x := range l[1:] {
			write.Blocks("entering as a writer while readers are inside")
			leave(w, x)
		}
		comesIn(w, write, "the writer that waited")
		leave(w, l[0])
	}
	w.Step("two processes write and two read at full speed")
	works, _ := visits(l, check.Steps{Count: steps(w, 2000), Scratch: w.Scratch(0), Wait: subject.Forever})
	section.Right(works)
}

func sleep(w *check.World) {
	l := share(w, "owner", "waiter")
	enterWrite(w, l[0], "while no process is inside")
	call := l[1].BeginRead(subject.Forever)
	w.Step("the processor time of the reader that waits is watched")
	call.Sleeps("entering as a reader while a writer is inside")
	leave(w, l[0])
	comesIn(w, call, "the reader that waited")
	leave(w, l[1])
	enterRead(w, l[0], "while no process is inside")
	call = l[1].BeginWrite(subject.Forever)
	w.Step("the processor time of the writer that waits is watched")
	call.Sleeps("entering as a writer while a reader is inside")
	leave(w, l[0])
	comesIn(w, call, "the writer that waited")
	leave(w, l[1])
}
