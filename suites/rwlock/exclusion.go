package rwlock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func exclusion(w *check.World) {
	l := share(w, "writer", "second writer", "reader", "second reader")
	for round := range 2 {
		w.Step("round %d: a writer is inside; a reader and a writer wait", round+1)
		enterWrite(w, l[0], "while no process is inside")
		read := l[2].BeginRead(subject.Forever)
		read.Blocks("entering as a reader while a writer is inside")
		leave(w, l[0])
		comesIn(w, read, "the reader that waited")
		w.Step("the reader is inside; a writer waits")
		write := l[1].BeginWrite(subject.Forever)
		write.Blocks("entering as a writer while a reader is inside")
		leave(w, l[2])
		comesIn(w, write, "the writer that waited")
		write = l[0].BeginWrite(subject.Forever)
		write.Blocks("entering as a writer while another writer is inside")
		leave(w, l[1])
		comesIn(w, write, "the writer that waited")
		leave(w, l[0])
	}
	w.Step("two processes write and two read at full speed, and look which others are inside")
	s := w.Scratch(0)
	works, writes := visits(l, check.Steps{Count: steps(w, 2500), Scratch: s, Wait: subject.Forever})
	section.Right(works)
	section.LostNone(w, s, writes)
	w.Note("%d writes and as many reads by %d processes", writes, len(l))
}

func shared(w *check.World) {
	l := share(w, "first", "second", "third")
	for round := range 3 {
		w.Step("round %d: three readers enter, one after the other, and none leaves meanwhile", round+1)
		for _, x := range l {
			enterRead(w, x, "beside other readers")
		}
		for _, x := range l {
			leave(w, x)
		}
	}
	w.Step("readers enter and leave while one stays")
	enterRead(w, l[0], "while no process is inside")
	for range 10 {
		enterRead(w, l[1], "beside another reader")
		leave(w, l[1])
		enterRead(w, l[2], "beside another reader")
		leave(w, l[2])
	}
	leave(w, l[0])
	enterWrite(w, l[1], "after all readers have left")
	leave(w, l[1])
}

func visible(w *check.World) {
	l := share(w, "first writer", "second writer", "first reader", "second reader")
	w.Step("two processes add to a plain counter and two read it, at full speed")
	s := w.Scratch(0)
	works, writes := visits(l, check.Steps{Count: steps(w, 2000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Whole()
	}
	section.LostNone(w, s, writes)
	section.Right(works)
}
