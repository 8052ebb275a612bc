package rwlock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func ownerDeath(w *check.World) {
	l := share(w, "survivor", "other")
	enter := func(name string) *check.RWLock {
		x, err := w.Process(name).OpenRWLock(l[0].Name)
		w.Must(err, "opening the lock")
		return x
	}
	w.Step("a reader is killed inside; a writer enters")
	reader := enter("dying reader")
	enterRead(w, reader, "while no process is inside")
	reader.Process().Kill()
	survives(w, l[0].Write(subject.Forever), "entering as a writer, after a reader died inside")
	leave(w, l[0])

	w.Step("a writer waits; the reader that is inside is killed")
	reader = enter("second dying reader")
	enterRead(w, reader, "while no process is inside")
	call := l[0].BeginWrite(subject.Forever)
	call.Blocks("entering as a writer while a reader is inside")
	reader.Process().Kill()
	_, err := call.Return()
	survives(w, err, "the call of the writer that waited for a reader which died")
	leave(w, l[0])

	w.Step("a writer is killed inside; the next writer gets owner-dead")
	writer := enter("dying writer")
	enterWrite(w, writer, "while no process is inside")
	writer.Process().Kill()
	section.Inherits(w, l[0].Write(subject.Forever))
	refusedRead(w, l[1], "while the heir is inside")
	leave(w, l[0])

	w.Step("a reader waits; the writer that is inside is killed")
	writer = enter("second dying writer")
	enterWrite(w, writer, "while no process is inside")
	call = l[0].BeginRead(subject.Forever)
	call.Blocks("entering as a reader while a writer is inside")
	writer.Process().Kill()
	_, err = call.Return()
	section.Inherits(w, err)
	leave(w, l[0])
	w.Step("a writer repairs the data, and the lock works as before")
	survives(w, l[1].Write(subject.Forever), "entering as a writer, after a writer died inside")
	leave(w, l[1])
	for range 3 {
		enterRead(w, l[0], "after a writer has repaired the data")
		enterRead(w, l[1], "beside another reader")
		leave(w, l[0])
		leave(w, l[1])
		enterWrite(w, l[1], "after all have left")
		leave(w, l[1])
	}
	section.Contest[*check.RWLock]{
		Create: (*check.Process).CreateRWLock, Open: (*check.Process).OpenRWLock,
		Unlink: (*check.RWLock).Unlink, Detach: (*check.RWLock).Detach, Acquire: (*check.RWLock).Write, Release: (*check.RWLock).Release,
	}.Run(w)
}

// survives expects that a process was let in, whether or not it got owner-dead.
func survives(w *check.World, err error, what string) {
	if subject.KindOf(err) != subject.OwnerDead {
		w.Must(err, "%s", what)
	}
}
