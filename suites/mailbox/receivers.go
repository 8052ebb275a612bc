package mailbox

import (
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// oneReceiver: of several receivers just one gets each message.
func oneReceiver(w *check.World) {
	o := newBox(w)
	q := o.share("pool", 8, "sender", "first", "second", "third")
	sender, receivers := q[0], q[1:]
	w.Step("each of 20 messages is received by one, and then the others look")
	for i := range 20 {
		o.send(sender, i, i+1)
		for k := range receivers {
			r := receivers[(i+k)%len(receivers)]
			if k == 0 {
				o.receive(r, i, i+1, "after it was sent")
				continue
			}
			o.none(r, "after the only message went to another receiver")
		}
	}
	w.Step("all wait; each message releases one of them")
	number := 20
	for range 5 {
		waiting := make([]*check.Call, len(receivers))
		for i, r := range receivers {
			waiting[i] = r.BeginGet(subject.Forever)
		}
		for _, c := range waiting {
			c.Blocks("receiving from the empty mailbox")
		}
		for len(waiting) > 0 {
			o.send(sender, number, number+1)
			i := check.First(waiting...)
			got, err := waiting[i].Item()
			w.Must(err, "the receive that the message released")
			o.same(number, got, "when several receivers waited")
			waiting = slices.Delete(waiting, i, i+1)
			for _, c := range waiting {
				c.StillBlocked("receiving, after one message for several receivers,")
			}
			number++
		}
	}
	w.Step("all receive while messages are sent at full speed")
	o.pool(sender, receivers, 600)
}

// pool lets the receivers share a bulk of messages.
func (o *box) pool(sender *check.Queue, receivers []*check.Queue, count int) {
	w := o.w
	w.Mute(true)
	defer w.Mute(false)
	b := check.Bulk{Count: int64(count), SizeMin: o.size, SizeMax: o.size, Seed: o.seed + 1}
	numbers := map[string][]int{} // of the messages with these bytes: short ones may be alike
	for i := range count {
		m := string(b.Item(int64(i)))
		numbers[m] = append(numbers[m], i)
	}
	put := sender.BeginPutAll(b)
	calls := make([]*check.Call, len(receivers))
	seen := map[string][]string{} // the receivers that got these bytes
	begun, came := 0, 0
	for i, r := range receivers {
		calls[i] = r.BeginGet(subject.Forever)
		begun++
	}
	shares := map[string]int{}
	for ; came < count; came++ {
		k := check.First(calls...)
		name := receivers[k].Process().Name()
		got, err := calls[k].Item()
		w.Must(err, "receiving by %s", name)
		m := string(got)
		switch sent, received := numbers[m], seen[m]; {
		case len(sent) == 0:
			w.Fail("%s received %s, which no process sent", name, check.Show(got))
		case len(received) == len(sent):
			w.Fail("message %d was received by %s and by %s", sent[0], received[0], name)
		}
		seen[m] = append(seen[m], name)
		shares[name]++
		if begun < count {
			calls[k] = receivers[k].BeginGet(subject.Forever)
			begun++
		} else {
			calls, receivers = slices.Delete(calls, k, k+1), slices.Delete(slices.Clone(receivers), k, k+1)
		}
	}
	put.AllRight(b)
	w.Note("%d messages at full speed, each received once: %v", count, shares)
}

// sigpipe: a process that sends where none receives is refused, or goes on; it is not
// killed.
func sigpipe(w *check.World) {
	o := newBox(w)
	q := o.share("gone", 4, "sender", "receiver", "remover")
	o.send(q[0], 0, 1)
	o.receive(q[1], 0, 1, "while all processes were there")
	w.Step("the only receiver is killed; its sender sends on, until it is refused")
	q[1].Process().Kill()
	o.tolerated(q[0])
	w.Step("the mailbox is removed; its sender sends on, until it is refused")
	w.Must(q[2].Process().UnlinkQueue(q[0].Name), "unlinking the mailbox")
	o.tolerated(q[0])
	w.Step("the sender is alive and well: it can make another mailbox")
	again, err := q[0].Process().CreateQueue(w.ObjectName("again"), o.facts.Shape(4, o.size))
	w.Must(err, "creating another mailbox")
	o.send(again, 1, 2)
	o.receive(again, 1, 2, "by its sender itself")
}

// tolerated sends until it is refused, or often enough.
func (o *box) tolerated(q *check.Queue) {
	for i := range 20 {
		if err := q.Put(o.message(i), subject.Never); err != nil {
			o.w.Refused(err, append([]subject.Kind{subject.Full, subject.IO, subject.Invalid}, deleted...), "sending where no process is left to receive")
			return
		}
	}
}

// many: one process holds a thousand mailboxes, and each is its own.
func many(w *check.World) {
	const count = 1000
	o := newBox(w)
	a, b := w.Process("holder"), w.Process("user")
	w.Step("one process makes %d mailboxes and keeps them open; another opens them and sends to each", count)
	before := a.Footprint()
	w.Mute(true)
	var mine, theirs []*check.Queue
	for i := range count {
		q, err := a.CreateQueue(w.ObjectName(fmt.Sprintf("many%d", i)), o.facts.Shape(2, o.size))
		w.Must(err, "creating mailbox %d of %d", i+1, count)
		mine = append(mine, q)
		r, err := b.OpenQueue(q.Name)
		w.Must(err, "opening mailbox %d of %d", i+1, count)
		theirs = append(theirs, r)
	}
	for i, q := range theirs {
		o.send(q, i, i+1)
	}
	now := a.Footprint()
	for i, q := range mine {
		o.receive(q, i, i+1, "from the mailbox that it was sent to")
		o.none(q, "from a mailbox that one message was sent to")
	}
	w.Mute(false)
	w.Note("%d mailboxes: the process that holds them has %d descriptors more, and %d KiB", count,
		now.Descriptors-before.Descriptors, (now.Resident-before.Resident)>>10)
}

// goneBlocked: a process that waits at a mailbox is released when that is deleted.
func goneBlocked(w *check.World) {
	o := newBox(w)
	q := o.share("receivers", 2, "remover", "first receiver", "second receiver")
	a, b := q[1].BeginGet(subject.Forever), q[2].BeginGet(subject.Forever)
	a.Blocks("receiving from the empty mailbox")
	b.Blocks("receiving from the empty mailbox")
	w.Step("the mailbox at which two receivers wait is deleted")
	w.Must(q[0].Process().UnlinkQueue(q[0].Name), "unlinking the mailbox")
	for _, c := range []*check.Call{a, b} {
		_, err := c.Item()
		w.Refused(err, deleted, "the receive that waited when the mailbox was deleted")
	}
	s := o.share("senders", 2, "other remover", "sender")
	n := o.fill(s[1], 0)
	put := s[1].BeginPut(o.message(n), subject.Forever)
	put.Blocks("sending to the full mailbox")
	w.Step("the full mailbox at which a sender waits is deleted")
	w.Must(s[0].Process().UnlinkQueue(s[0].Name), "unlinking the mailbox")
	_, err := put.Return()
	w.Refused(err, deleted, "the send that waited when the mailbox was deleted")
}

// private: other users are kept out.
func private(w *check.World) {
	if ok, reason := w.CanChangeUser(); !ok {
		w.Skip("no process can be started under another user id here: %s", reason)
	}
	o := newBox(w)
	q := o.share("private", 4, "user")[0]
	o.send(q, 0, 1)
	stranger := w.ProcessAs("stranger", 65533)
	w.Step("a process of another user tries")
	theirs, err := stranger.OpenQueue(q.Name)
	if err != nil {
		w.Refused(err, []subject.Kind{subject.Permission, subject.NotFound}, "another user's opening of the mailbox")
	} else { // as msgget(2) without permissions gives every user the id
		refusal := []subject.Kind{subject.Permission}
		w.Refused(theirs.Put(o.message(1), subject.Never), refusal, "another user's sending to the mailbox")
		_, err = theirs.Get(subject.Never)
		w.Refused(err, refusal, "another user's receiving from the mailbox")
	}
	if err := stranger.UnlinkQueue(q.Name); err == nil {
		w.Fail("another user unlinked the mailbox")
	}
	o.receive(q, 0, 1, "after another user tried")
	o.none(q, "after another user tried")
}
