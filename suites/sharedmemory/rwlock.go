package sharedmemory

import (
	"time"

	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// RWLocks registers the RW family.
func RWLocks(s *spec.Suite) {
	s.It("RW-EXCLUSION", rwExclusion)
	s.It("RW-SHARED", rwShared)
	s.It("RW-TRY", rwTry)
	s.It("RW-WAKE", rwWake)
	s.It("RW-EINTR", rwEINTR)
	s.It("RW-ABANDONED", rwAbandoned)
	s.It("RW-VISIBLE", rwVisible)
	s.It("RW-DEADLINE", rwDeadline)
	s.It("RW-SLEEP", rwSleep)
	s.It("RW-FAIR", rwFair)
	s.It("RW-OWNERDEATH", rwOwnerDeath)
}

// rwParty gives handles on one reader–writer lock to processes of these names;
// the first creates it.
func rwParty(w *spec.World, names ...string) []*spec.RWLock {
	handles := make([]*spec.RWLock, len(names))
	name := w.ObjectName("rw")
	for i, n := range names {
		var err error
		if p := w.Process(n); i == 0 {
			handles[i], err = p.CreateRWLock(name)
			w.Must(err, "creating the lock")
		} else {
			handles[i], err = p.OpenRWLock(name)
			w.Must(err, "opening the lock by %s", n)
		}
	}
	return handles
}

func enterRead(w *spec.World, l *spec.RWLock, when string) {
	w.Must(l.Read(subject.Forever), "entering as a reader, %s, by %s", when, l.Process().Name())
}

func enterWrite(w *spec.World, l *spec.RWLock, when string) {
	w.Must(l.Write(subject.Forever), "entering as a writer, %s, by %s", when, l.Process().Name())
}

func leave(w *spec.World, l *spec.RWLock) {
	w.Must(l.Release(), "leaving by %s, which is inside", l.Process().Name())
}

// comesIn waits for a call that waited.
func comesIn(w *spec.World, c *spec.Call, who string) {
	_, err := c.Return()
	w.Must(err, "the call of %s, who waited,", who)
}

func rwSteps(w *spec.World, steps int64) int64 {
	return workSteps(w.Claims().Profiles.RWLock.Waiting, steps)
}

// visits lets the first half write and the second half read at full speed, and
// gives how often somebody writes.
func visits(l []*spec.RWLock, s spec.Steps) (works []*spec.Work, writes uint64) {
	for i, x := range l {
		if i < len(l)/2 {
			works = append(works, x.BeginWrites(s))
			writes += uint64(s.Count)
		} else {
			works = append(works, x.BeginReads(s))
		}
	}
	return works, writes
}

func rwExclusion(w *spec.World) {
	l := rwParty(w, "writer", "second writer", "reader", "second reader")
	for round := range 2 {
		w.Step("round %d: a writer is inside; a reader and a writer wait", round+1)
		enterWrite(w, l[0], "with nobody inside")
		read := l[2].BeginRead(subject.Forever)
		read.Blocks("entering as a reader while a writer is inside")
		leave(w, l[0])
		comesIn(w, read, "the reader")
		w.Step("the reader is inside; a writer waits")
		write := l[1].BeginWrite(subject.Forever)
		write.Blocks("entering as a writer while a reader is inside")
		leave(w, l[2])
		comesIn(w, write, "the writer")
		write = l[0].BeginWrite(subject.Forever)
		write.Blocks("entering as a writer while another is inside")
		leave(w, l[1])
		comesIn(w, write, "the writer")
		leave(w, l[0])
	}
	w.Step("two write and two read at full speed, and look who else is inside")
	s := w.Scratch(0)
	works, writes := visits(l, spec.Steps{Count: rwSteps(w, 2500), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Right()
	}
	lostNone(w, s, writes)
	w.Note("%d writes and as many reads by %d processes", writes, len(l))
}

func rwShared(w *spec.World) {
	l := rwParty(w, "first", "second", "third")
	for round := range 3 {
		w.Step("round %d: three readers enter, one after the other, and none leaves before", round+1)
		for _, x := range l {
			enterRead(w, x, "beside other readers")
		}
		for _, x := range l {
			leave(w, x)
		}
	}
	w.Step("readers come and go while one stays")
	enterRead(w, l[0], "with nobody inside")
	for range 10 {
		enterRead(w, l[1], "beside another reader")
		leave(w, l[1])
		enterRead(w, l[2], "beside another reader")
		leave(w, l[2])
	}
	leave(w, l[0])
	enterWrite(w, l[1], "when all readers have left")
	leave(w, l[1])
}

// refusedRead and refusedWrite expect that a try is refused.
func refusedRead(w *spec.World, l *spec.RWLock, what string) {
	w.Refused(l.Read(subject.Never), notGranted, "a try to read %s", what)
}

func refusedWrite(w *spec.World, l *spec.RWLock, what string) {
	w.Refused(l.Write(subject.Never), notGranted, "a try to write %s", what)
}

func rwTry(w *spec.World) {
	l := rwParty(w, "first", "second", "third")
	for round := range 10 {
		w.Step("round %d: tries while a writer is inside", round+1)
		w.Must(l[0].Write(subject.Never), "a try to write with nobody inside")
		refusedRead(w, l[1], "while a writer is inside")
		refusedWrite(w, l[2], "while a writer is inside")
		leave(w, l[0])
		w.Must(l[0].Write(subject.Never), "a try to write with nobody inside, after tries that were refused,")
		leave(w, l[0])
		w.Step("round %d: tries while a reader is inside", round+1)
		w.Must(l[0].Read(subject.Never), "a try to read with nobody inside")
		w.Must(l[1].Read(subject.Never), "a try to read beside another reader, with no writer about,")
		refusedWrite(w, l[2], "while readers are inside")
		leave(w, l[0])
		refusedWrite(w, l[2], "while a reader is inside")
		leave(w, l[1])
		w.Must(l[2].Write(subject.Never), "a try to write when all readers have left")
		leave(w, l[2])
	}
}

func rwWake(w *spec.World) {
	l := rwParty(w, "writer", "first reader", "second reader", "third reader")
	for round := range 5 {
		w.Step("round %d: a writer is inside and three readers wait; it leaves, and all of them come in", round+1)
		enterWrite(w, l[0], "with nobody inside")
		var calls []*spec.Call
		for _, x := range l[1:] {
			calls = append(calls, x.BeginRead(subject.Forever))
		}
		for _, c := range calls {
			c.Blocks("entering as a reader while a writer is inside")
		}
		leave(w, l[0])
		for _, c := range calls {
			comesIn(w, c, "a reader")
		}
		w.Step("round %d: the readers leave, and the writer comes in", round+1)
		write := l[0].BeginWrite(subject.Forever)
		for _, x := range l[1:] {
			write.Blocks("entering as a writer while readers are inside")
			leave(w, x)
		}
		comesIn(w, write, "the writer")
		leave(w, l[0])
	}
	w.Step("two write and two read at full speed")
	works, _ := visits(l, spec.Steps{Count: rwSteps(w, 2000), Scratch: w.Scratch(0), Wait: subject.Forever})
	for _, x := range works {
		x.Right()
	}
}

func rwEINTR(w *spec.World) {
	l := rwParty(w, "owner", "waiter", "witness")
	for round := range 2 {
		w.Step("round %d: signals arrive at a reader that waits", round+1)
		enterWrite(w, l[0], "with nobody inside")
		call := l[1].BeginRead(subject.Forever)
		call.Blocks("entering as a reader while a writer is inside")
		l[1].Process().Storm(10)
		call.StillBlocked("entering as a reader while a writer is inside, during signals")
		leave(w, l[0])
		comesIn(w, call, "the reader")
		refusedWrite(w, l[2], "while the reader that waited is inside")
		leave(w, l[1])
		w.Step("round %d: signals arrive at a writer that waits", round+1)
		enterRead(w, l[0], "with nobody inside")
		call = l[1].BeginWrite(subject.Forever)
		call.Blocks("entering as a writer while a reader is inside")
		l[1].Process().Storm(10)
		call.StillBlocked("entering as a writer while a reader is inside, during signals")
		leave(w, l[0])
		comesIn(w, call, "the writer")
		refusedRead(w, l[2], "while the writer that waited is inside")
		leave(w, l[1])
		w.Must(l[2].Write(subject.Never), "a try to write when all have left")
		leave(w, l[2])
	}
}

func rwAbandoned(w *spec.World) {
	l := rwParty(w, "first", "second", "impatient")
	limited := claims(w, "RW-DEADLINE")
	w.Step("a reader is inside; a writer's tries are refused")
	enterRead(w, l[0], "with nobody inside")
	for range 50 {
		refusedWrite(w, l[2], "while a reader is inside")
	}
	if limited {
		w.Step("20 attempts to write run into their time limit")
		for range 20 {
			w.Refused(l[2].Write(subject.Wait(5*time.Millisecond)), notGranted, "entering as a writer for at most 5 ms, while a reader is inside")
		}
	}
	w.Step("the writer wants nothing more; another reader comes in beside the first")
	enterRead(w, l[1], "beside another reader, after a writer gave up")
	leave(w, l[1])
	leave(w, l[0])
	w.Step("a writer is inside; a reader's tries are refused")
	enterWrite(w, l[0], "with nobody inside")
	for range 50 {
		refusedRead(w, l[2], "while a writer is inside")
	}
	if limited {
		for range 20 {
			w.Refused(l[2].Read(subject.Wait(5*time.Millisecond)), notGranted, "entering as a reader for at most 5 ms, while a writer is inside")
		}
	}
	leave(w, l[0])
	w.Step("the reader wants nothing more; a writer comes in, and waiting still works")
	enterWrite(w, l[1], "after a reader gave up")
	call := l[2].BeginRead(subject.Forever)
	call.Blocks("entering as a reader while a writer is inside")
	leave(w, l[1])
	comesIn(w, call, "the reader")
	leave(w, l[2])
	enterWrite(w, l[0], "when all have left")
	leave(w, l[0])
}

func rwVisible(w *spec.World) {
	l := rwParty(w, "first writer", "second writer", "first reader", "second reader")
	w.Step("two add to a plain counter and two read it, at full speed")
	s := w.Scratch(0)
	works, writes := visits(l, spec.Steps{Count: rwSteps(w, 2000), Scratch: s, Wait: subject.Forever})
	for _, x := range works {
		x.Whole()
	}
	lostNone(w, s, writes)
	for _, x := range works {
		x.Right()
	}
}

func rwDeadline(w *spec.World) {
	l := rwParty(w, "owner", "second", "third", "fourth")
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("a reader and a writer with a limit of %v, while a writer is inside", limit)
		enterWrite(w, l[0], "with nobody inside")
		began := time.Now()
		w.Refused(l[1].Read(subject.Wait(limit)), notGranted, "entering as a reader for at most %v, while a writer is inside", limit)
		tooEarly(w, began, limit)
		began = time.Now()
		w.Refused(l[2].Write(subject.Wait(limit)), notGranted, "entering as a writer for at most %v, while another is inside", limit)
		tooEarly(w, began, limit)
		leave(w, l[0])
		w.Must(l[3].Write(subject.Never), "a try to write after attempts that gave up")
		leave(w, l[3])
	}
	w.Step("the writer leaves before the limit")
	enterWrite(w, l[0], "with nobody inside")
	call := l[1].BeginRead(subject.Wait(time.Hour))
	call.Blocks("entering as a reader for at most an hour, while a writer is inside")
	leave(w, l[0])
	comesIn(w, call, "the reader")
	leave(w, l[1])
	w.Step("all of them come and go with limits of 1 ms at full speed")
	s := w.Scratch(0)
	works, writes := visits(l, spec.Steps{Count: rwSteps(w, 1000), Scratch: s, Wait: subject.Wait(time.Millisecond)})
	for _, x := range works {
		x.Right()
	}
	lostNone(w, s, writes)
}

func rwSleep(w *spec.World) {
	l := rwParty(w, "owner", "waiter")
	enterWrite(w, l[0], "with nobody inside")
	call := l[1].BeginRead(subject.Forever)
	w.Step("the processor time of the reader that waits is watched")
	call.Sleeps("entering as a reader while a writer is inside")
	leave(w, l[0])
	comesIn(w, call, "the reader")
	leave(w, l[1])
	enterRead(w, l[0], "with nobody inside")
	call = l[1].BeginWrite(subject.Forever)
	w.Step("the processor time of the writer that waits is watched")
	call.Sleeps("entering as a writer while a reader is inside")
	leave(w, l[0])
	comesIn(w, call, "the writer")
	leave(w, l[1])
}

// patienceOfOne is how many others may come before one that waits.
const patienceOfOne = 100

// arrival is how long a busy machine may keep one from asking that was told to.
// Readers take turns so fast that a hundred of them say nothing of a writer that
// has not come to the lock yet; writers, each of whom is seen to wait, do not.
const arrival = 5 * time.Second

// rwFair lets one side come again and again, with one of the other side
// waiting.
func rwFair(w *spec.World) {
	l := rwParty(w, "first reader", "second reader", "writer", "second writer")
	w.Step("a writer waits; two readers take turns, so that one is always inside")
	enterRead(w, l[0], "with nobody inside")
	write := l[2].BeginWrite(subject.Forever)
	write.Blocks("entering as a writer while a reader is inside")
	before, pending := rwReadersKeepComing(w, l[:2], write)
	comesIn(w, write, "the writer")
	leave(w, l[2])
	if pending != nil {
		comesIn(w, pending.call, "the reader")
		leave(w, pending.lock)
	}
	w.Step("a reader waits; two writers take turns, so that one always waits")
	enterWrite(w, l[2], "with nobody inside")
	read := l[0].BeginRead(subject.Forever)
	read.Blocks("entering as a reader while a writer is inside")
	after, pending := rwWritersKeepComing(w, l[2:], read)
	leave(w, l[0])
	comesIn(w, pending.call, "the writer")
	leave(w, pending.lock)
	w.Note("the writer came in after %d readers, the reader after %d writers", before, after)
}

// queued is a call of somebody who waits for a lock.
type queued struct {
	lock *spec.RWLock
	call *spec.Call
}

// rwReadersKeepComing goes on until the writer is let in, or a reader has to
// wait for it and nobody else is inside. It gives that reader, if there is one.
func rwReadersKeepComing(w *spec.World, readers []*spec.RWLock, write *spec.Call) (before int, _ *queued) {
	const look = 200 * time.Millisecond // a reader that is not let in by then may be waiting for the writer
	for began := time.Now(); before < patienceOfOne || time.Since(began) < arrival; {
		if before >= patienceOfOne {
			time.Sleep(10 * time.Millisecond)
		}
		inside, next := readers[before%2], readers[(before+1)%2]
		call := next.BeginRead(subject.Forever)
		for limit := time.Now().Add(look); !call.Returned() && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
		}
		came := call.Returned()
		leave(w, inside)
		if !came && spec.First(write, call) == 0 {
			return before, &queued{next, call}
		}
		comesIn(w, call, "the reader")
		before++
	}
	if !write.Returned() {
		w.Fail("%d readers came in before the writer that waits, and it still does", before)
	}
	leave(w, readers[before%2])
	return before, nil
}

// rwWritersKeepComing goes on until the reader is let in; it gives the writer
// that waits then.
func rwWritersKeepComing(w *spec.World, writers []*spec.RWLock, read *spec.Call) (before int, _ *queued) {
	for before < patienceOfOne {
		inside, next := writers[before%2], writers[(before+1)%2]
		call := next.BeginWrite(subject.Forever)
		call.Blocks("entering as a writer while another is inside")
		leave(w, inside)
		if spec.First(read, call) == 0 {
			comesIn(w, read, "the reader")
			return before, &queued{next, call}
		}
		comesIn(w, call, "the writer")
		before++
	}
	w.Fail("%d writers came in before the reader that waits, and it still does", before)
	return before, nil
}

func rwOwnerDeath(w *spec.World) {
	l := rwParty(w, "survivor", "other")
	enter := func(name string) *spec.RWLock {
		x, err := w.Process(name).OpenRWLock(l[0].Name)
		w.Must(err, "opening the lock")
		return x
	}
	w.Step("a reader is killed inside; a writer comes in")
	reader := enter("dying reader")
	enterRead(w, reader, "with nobody inside")
	reader.Process().Kill()
	survives(w, l[0].Write(subject.Forever), "entering as a writer, after a reader died inside,")
	leave(w, l[0])

	w.Step("a writer waits; the reader that is inside is killed")
	reader = enter("second dying reader")
	enterRead(w, reader, "with nobody inside")
	call := l[0].BeginWrite(subject.Forever)
	call.Blocks("entering as a writer while a reader is inside")
	reader.Process().Kill()
	_, err := call.Return()
	survives(w, err, "the call of the writer, who waited for a reader that died,")
	leave(w, l[0])

	w.Step("a writer is killed inside; the next writer is told")
	writer := enter("dying writer")
	enterWrite(w, writer, "with nobody inside")
	writer.Process().Kill()
	inherits(w, l[0].Write(subject.Forever))
	refusedRead(w, l[1], "while the heir is inside")
	leave(w, l[0])

	w.Step("a reader waits; the writer that is inside is killed")
	writer = enter("second dying writer")
	enterWrite(w, writer, "with nobody inside")
	call = l[0].BeginRead(subject.Forever)
	call.Blocks("entering as a reader while a writer is inside")
	writer.Process().Kill()
	_, err = call.Return()
	inherits(w, err)
	leave(w, l[0])
	w.Step("a writer puts it right, and the lock works as before")
	survives(w, l[1].Write(subject.Forever), "entering as a writer, after a writer died inside,")
	leave(w, l[1])
	for range 3 {
		enterRead(w, l[0], "after a writer put it right")
		enterRead(w, l[1], "beside another reader")
		leave(w, l[0])
		leave(w, l[1])
		enterWrite(w, l[1], "when all have left")
		leave(w, l[1])
	}
}

// survives expects that somebody was let in, told of the death or not.
func survives(w *spec.World, err error, what string) {
	if subject.KindOf(err) != subject.OwnerDead {
		w.Must(err, "%s", what)
	}
}
