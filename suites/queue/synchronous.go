package queue

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// direct reports whether the queue is a link, which may promise no more room
// than its claims say, and where what was sent may still be under way.
func direct(w *check.World) bool { return w.Profile() == subject.ProfileLink }

// holds reports whether something may be put while no process gets.
func (p *pair) holds() bool { return !direct(p.w) || p.facts.Capacities.Max >= 2<<10 }

// now gets what was put a moment ago, without waiting: at once, where the queue
// itself has it.
func (p *pair) now(i int, when string) {
	got, err := p.consumer.Get(subject.Never)
	for late := time.Now().Add(repair); direct(p.w) && subject.KindOf(err) == subject.Empty && time.Now().Before(late); {
		doze(0)
		got, err = p.consumer.Get(subject.Never)
	}
	if subject.KindOf(err) == subject.Empty {
		p.w.Fail("message %d was not there to be received, %s", i, when)
	}
	p.w.Must(err, "receiving message %d, %s", i, when)
	p.same(i, got)
}

// Send: a blocking send returns once its message is accepted: with room at
// once, though no process receives, and from then on the message is there.
func Send(w *check.World) {
	p := newPair(w, 2, 16)
	if p.holds() {
		for i := range 5 {
			w.Step("a message is sent while no process receives, and received after the send has returned")
			w.Must(p.producer.Put(p.item(i), subject.Forever), "sending with room, while no process receives")
			p.now(i, "after its send had returned")
		}
	}
	w.Step("the queue is full: the send waits until its message is accepted")
	n := p.fill(0, fillLimit)
	if n == fillLimit {
		w.Step("%d messages were accepted and no end was seen", n)
		p.get(0, n)
		return
	}
	put := p.producer.BeginPut(p.item(n), subject.Forever)
	put.Blocks("a blocking send without room")
	if n == 0 { // it waits for its receipt
		p.now(n, "while its send waits for that")
		_, err := put.Return()
		w.Must(err, "the send that waited")
		p.empty()
		return
	}
	taken := p.makeRoom(put, 0, n)
	p.get(taken, n)
	p.now(n, "after its send had returned")
	p.empty()
}

// ReceiveNow: a receive that may not wait gives a message or says that there
// is none.
func ReceiveNow(w *check.World) {
	p := newPair(w, 2, 16)
	for round := range 5 {
		w.Step("round %d: a receive without waiting, with nothing sent, and with a message", round+1)
		p.empty()
		p.empty()
		if p.holds() {
			p.put(round, round+1)
			p.now(round, "after its send had returned")
			continue
		}
		put := p.producer.BeginPut(p.item(round), subject.Forever)
		p.now(round, "while it was being sent")
		_, err := put.Return()
		w.Must(err, "sending it")
	}
	p.empty()
}

// SendNow: a send that may not wait is accepted or refused, and a refused one
// has no effect.
func SendNow(w *check.World) {
	p := newPair(w, 2, 16)
	for round := range 2 {
		w.Step("round %d: sends without waiting, while no process receives, until there is no room", round+1)
		n := p.fill(0, fillLimit)
		if n == 0 && p.holds() {
			w.Fail("a send without waiting must succeed where nothing is inside; it returned full")
		}
		for range 3 {
			if n == fillLimit {
				break
			}
			w.Refused(p.producer.Put(p.item(n+1), subject.Never), []subject.Kind{subject.Full}, "a send without waiting where there is no room")
		}
		w.Step("what was accepted comes out, and nothing of what was refused")
		p.get(0, n)
		p.empty()
	}
}

// Cancel: a cancelled operation has no effect, or its whole effect, and says
// which.
func Cancel(w *check.World) {
	p := newPair(w, 2, 16)
	w.Step("a receive that waits is cancelled; the next message is not lost to it")
	for i := range 5 {
		get := p.consumer.BeginGet(subject.Forever)
		get.Blocks("a blocking receive, with nothing sent,")
		cancelled(p.consumer.Process(), get)
		_, err := get.Item()
		w.Refused(err, []subject.Kind{subject.Interrupted}, "a receive that was cancelled while nothing was sent")
		p.put(i, i+1)
		p.now(i, "after a receive before it had been cancelled")
	}
	p.empty()
	w.Step("a send that waits is cancelled; its message never arrives")
	if n := p.fill(0, fillLimit); n < fillLimit {
		put := p.producer.BeginPut(p.item(n+7), subject.Forever)
		put.Blocks("a blocking send without room")
		cancelled(p.producer.Process(), put)
		_, err := put.Return()
		w.Refused(err, []subject.Kind{subject.Interrupted}, "a send that was cancelled while there was no room")
		p.get(0, n)
	} else {
		p.get(0, n)
	}
	p.empty()
	w.Step("a receive is cancelled while its message is being sent: it has it, or the next receive gets it")
	had := 0
	for i := range 40 {
		get := p.consumer.BeginGet(subject.Forever)
		put := p.producer.BeginPut(p.item(i), subject.Forever)
		time.Sleep(time.Duration(w.Rand.IntN(300)) * time.Microsecond)
		cancelled(p.consumer.Process(), get)
		got, err := get.Item()
		_, sent := put.Return()
		w.Must(sent, "sending message %d", i)
		if subject.KindOf(err) == subject.Interrupted {
			p.now(i, "after a receive that was cancelled had said it took nothing")
		} else {
			w.Must(err, "a receive that was cancelled")
			p.same(i, got)
			had++
		}
		p.empty()
	}
	w.Note("of 40 receives that were cancelled while a message came, %d had the message and the others left it", had)
}

// cancelled cancels until the call comes back, or has had long enough: the
// first cancellations may have come before the operation began.
func cancelled(p *check.Process, c *check.Call) {
	for end := time.Now().Add(10 * time.Second); !c.Returned() && time.Now().Before(end); {
		p.Cancel()
		time.Sleep(time.Millisecond)
	}
}

// Bounded: while no process receives, as much goes in as was claimed, whatever the
// size of the messages, and then a sender waits.
func Bounded(w *check.World) {
	f := w.Queues()
	tried := map[check.QueueShape]bool{}
	for _, usable := range []int64{1, 3, 8} {
		for _, size := range []int64{8, min(f.Max, 4096)} {
			p := &pair{w: w, facts: f, seed: w.Rand.Uint64(), size: f.Size(size)}
			p.shape = check.QueueShape{Capacity: f.Capacity(usable), ItemMax: f.Max}
			if f.Counted {
				p.shape.ItemMax = p.size
			}
			p.usable = f.Usable(p.shape.Capacity)
			same := check.QueueShape{Capacity: p.shape.Capacity, ItemMax: p.size}
			if tried[same] { // where little can be chosen
				continue
			}
			tried[same] = true
			name := w.ObjectName(fmt.Sprintf("bounded%d-%d", usable, size))
			p.attach(w.Process(fmt.Sprintf("sender %d×%d", usable, size)), w.Process(fmt.Sprintf("receiver %d×%d", usable, size)), name)
			w.Step("capacity %d, messages of %d bytes, no process receives", p.shape.Capacity, p.size)
			p.bound()
		}
	}
}

func (p *pair) bound() {
	w := p.w
	if !p.facts.Counted {
		p.size = p.facts.Size(max(p.size, 64)) // so that what the subject keeps beside a message is less than one
	}
	limit := int(p.usable) + 16
	if !p.facts.Counted {
		limit = int(p.shape.Capacity/p.size) + 16
	}
	n := p.fill(0, limit)
	if p.facts.Counted && int64(n) != p.usable {
		w.Fail("%d messages were accepted where the capacity claimed is %d", n, p.usable)
	}
	if bytes, c := int64(n)*p.size, p.shape.Capacity; !p.facts.Counted && (bytes > c+p.size || bytes < c-p.size) {
		w.Fail("%d bytes were accepted, in messages of %d, where the capacity claimed is %d", bytes, p.size, c)
	}
	put := p.producer.BeginPut(p.item(n), subject.Forever)
	put.Blocks("a send at the capacity claimed")
	taken := p.makeRoom(put, 0, n)
	p.get(taken, n+1)
	p.empty()
}
