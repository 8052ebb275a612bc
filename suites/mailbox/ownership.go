package mailbox

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// owned: a mailbox that a process owns is its own alone, and ends with it.
func owned(w *check.World) {
	o := newBox(w)
	for _, end := range []string{"killed", "exits"} {
		name := w.ObjectName(end)
		q := o.open(name, o.facts.Shape(2, o.size), true, "owner, "+end, "sender, "+end, "reader, "+end)
		w.Step("the owner receives, no other process does")
		o.send(q[1], 0, 1)
		_, err := q[2].Get(subject.Never)
		w.Refused(err, []subject.Kind{subject.Permission}, "receiving by a process that does not own the mailbox")
		o.receive(q[0], 0, 1, "by the owner")
		n := o.fill(q[1], 0)
		put := q[1].BeginPut(o.message(n), subject.Forever)
		put.Blocks("sending to the full mailbox")
		w.Step("the owner ends: it is %s; a sender waits", end)
		if owner := q[0].Process(); end == "killed" {
			owner.Kill()
		} else {
			owner.Exit()
		}
		_, err = put.Return()
		w.Refused(err, deleted, "the send that waited when the mailbox's owner ended")
		w.Step("the mailbox has gone with it")
		err = q[1].Put(o.message(0), subject.Never)
		w.Refused(err, deleted, "sending to the mailbox whose owner has ended")
		_, err = w.Process("latecomer, " + end).OpenQueue(name)
		w.Refused(err, []subject.Kind{subject.NotFound}, "opening the mailbox whose owner has ended")
	}
}

// handOver: the new owner gets all that is left, in order and once, and the
// former one nothing.
func handOver(w *check.World) {
	o := newBox(w)
	name := w.ObjectName("handed")
	q := o.open(name, o.facts.Shape(6, o.size), true, "first owner", "second owner", "sender")
	first, second, sender := q[0], q[1], q[2]
	have := int(min(o.facts.Usable(o.facts.Capacity(6)), 6))
	next := 0
	for round := range 4 {
		w.Step("round %d: %d messages are inside; their owner receives one and hands over", round+1, have)
		o.send(sender, next, next+have)
		o.receive(first, next, next+1, "by the owner")
		_, err := second.Get(subject.Never)
		w.Refused(err, []subject.Kind{subject.Permission}, "receiving by a process that is not the owner yet")
		w.Must(first.HandOver(second.Process()), "handing the mailbox over")
		if got, err := first.Get(subject.Never); err == nil {
			w.Fail("the former owner received %s after it had handed the mailbox over", check.Show(got))
		} else {
			w.Refused(err, []subject.Kind{subject.Permission}, "receiving by the former owner")
		}
		w.Refused(first.HandOver(first.Process()), []subject.Kind{subject.Permission}, "handing over by a process that is no longer the owner")
		o.receive(second, next+1, next+have, "by the new owner")
		o.none(second, "when all was received")
		next += have
		first, second = second, first
	}
	w.Step("the former owner ends; the mailbox stays with the new one")
	second.Process().Exit()
	o.send(sender, next, next+1)
	o.receive(first, next, next+1, "by the owner, after the former one had ended")
}

// identity: the sender that is named is the one that sent.
func identity(w *check.World) {
	o := newBox(w)
	q := o.share("named", 8, "receiver", "first", "second", "third")
	receiver, senders := q[0], q[1:]
	from := func(i, sender int, when string) {
		got, pid, err := receiver.GetFrom(subject.Forever)
		w.Must(err, "receiving message %d with its sender", i)
		o.same(i, got, when)
		if want := senders[sender].Process(); pid != want.WorldPID() {
			w.Fail("process %d was named as the sender of message %d, which %s, process %d, had sent, %s", pid, i, want.Name(), want.WorldPID(), when)
		}
	}
	w.Step("three processes send in turns")
	for i := range 30 {
		s := w.Rand.IntN(len(senders))
		o.send(senders[s], i, i+1)
		from(i, s, "where several send")
	}
	w.Step("the second says it is the first")
	first := senders[0].Process().WorldPID()
	offered, err := senders[1].PutAs(o.message(30), first, subject.Forever)
	switch {
	case !offered:
		w.RuledOut("no sender names itself: the subject has no operation for that")
	case err != nil:
		w.Refused(err, []subject.Kind{subject.Permission}, "sending under another's name")
	default:
		from(30, 1, "under the first's name")
	}
	w.Step("a sender dies before its message is received")
	o.send(senders[2], 31, 32)
	senders[2].Process().Signal(0) // it is there
	pid := senders[2].Process().WorldPID()
	senders[2].Process().Kill()
	got, named, err := receiver.GetFrom(subject.Forever)
	w.Must(err, "receiving a dead sender's message")
	o.same(31, got, "from the dead")
	if named != pid {
		w.Fail("process %d was named as the sender of a message that process %d, now dead, had sent", named, pid)
	}
}

// prioritised: the oldest of the highest priority comes first.
func prioritised(w *check.World) {
	o := newBox(w)
	q := o.share("urgent", 10, "sender", "receiver")
	room := int(min(o.facts.Usable(o.facts.Capacity(10)), 10))
	if room < 2 {
		w.Skip("a mailbox that holds %d messages has no order of them", room)
	}
	send := func(i int, priority int64) {
		_, err := q[0].BeginPriority(o.message(i), priority, subject.Forever).Return()
		w.Must(err, "sending message %d of priority %d", i, priority)
	}
	type sent struct {
		number   int
		priority int64
	}
	var inside []sent
	next := func() int { // the oldest of the highest priority
		best := 0
		for i, m := range inside {
			if m.priority > inside[best].priority {
				best = i
			}
		}
		return best
	}
	receive := func() {
		i := next()
		o.receive(q[1], inside[i].number, inside[i].number+1, "as the oldest of the highest priority")
		inside = append(inside[:i], inside[i+1:]...)
	}
	number := 0
	for _, priorities := range [][]int64{{0, subject.HighestPriority}, {0, 1, 0, 1, 5, 5, 2, 0, 31, 1}, {3, 3, 3, 3}} {
		w.Step("messages of priorities %v", priorities)
		for _, p := range priorities[:min(len(priorities), room)] {
			send(number, p)
			inside = append(inside, sent{number, p})
			number++
		}
		for len(inside) > 0 {
			receive()
		}
	}
	w.Step("messages are sent and received in turns, of priorities drawn at random")
	w.Mute(true)
	for range 200 {
		if len(inside) == room || len(inside) > 0 && w.Rand.IntN(2) == 0 {
			receive()
			continue
		}
		p := int64(w.Rand.IntN(subject.HighestPriority + 1))
		send(number, p)
		inside = append(inside, sent{number, p})
		number++
	}
	for len(inside) > 0 {
		receive()
	}
	w.Mute(false)
	w.Step("a plain send is of the lowest priority")
	o.send(q[0], number, number+1)
	send(number+1, subject.LowestPriority)
	o.receive(q[1], number, number+2, "as both are of the lowest priority")
	w.Step("an urgent message overtakes in a mailbox that a receiver waits at no more")
	get := q[1].BeginGet(subject.Forever)
	time.Sleep(time.Millisecond)
	send(number+2, 7)
	got, err := get.Item()
	w.Must(err, "the receive that waited")
	o.same(number+2, got, "for a receiver that waited")
}
