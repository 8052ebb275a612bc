package mailbox

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// rendezvous opens a mailbox that holds nothing.
func (o *box) rendezvous(names ...string) []*check.Queue {
	return o.open(o.w.ObjectName("meet"), check.QueueShape{Capacity: subject.Rendezvous, ItemMax: o.size}, false, names...)
}

// rendezvous: send and receive of a message meet.
func rendezvous(w *check.World) {
	o := newBox(w)
	q := o.rendezvous("sender", "receiver", "other sender")
	for i := range 5 {
		w.Step("round %d: the sender comes first", i+1)
		put := q[0].BeginPut(o.message(2*i), subject.Forever)
		put.Blocks("sending at capacity 0, while no process receives")
		got, err := q[1].Get(subject.Forever)
		w.Must(err, "receiving from the sender that waits")
		o.same(2*i, got, "from the sender that waits")
		_, err = put.Return()
		w.Must(err, "the send whose message was received")
		w.Step("the receiver comes first")
		get := q[1].BeginGet(subject.Forever)
		get.Blocks("receiving while no process sends")
		w.Must(q[0].Put(o.message(2*i+1), subject.Forever), "sending to the receiver that waits")
		got, err = get.Item()
		w.Must(err, "the receive that waited")
		o.same(2*i+1, got, "for the receiver that waited")
	}
	w.Step("two senders wait; each receive releases the one whose message it took")
	a := q[0].BeginPut(o.message(100), subject.Forever)
	a.Blocks("sending at capacity 0, while no process receives")
	b := q[2].BeginPut(o.message(101), subject.Forever)
	b.Blocks("sending at capacity 0, while no process receives")
	got, err := q[1].Get(subject.Forever)
	w.Must(err, "receiving from two senders that wait")
	through, held, last := a, b, 101
	if bytes.Equal(got, o.message(101)) { // the other one was the first to get as far as the mailbox
		through, held, last = b, a, 100
	} else {
		o.same(100, got, "from two senders that wait")
	}
	_, err = through.Return()
	w.Must(err, "the send whose message was received")
	held.Blocks("sending while another's message was received")
	got, err = q[1].Get(subject.Forever)
	w.Must(err, "receiving from the sender that still waits")
	o.same(last, got, "from the sender that still waits")
	_, err = held.Return()
	w.Must(err, "the other send")
}

// zero: no message is ever waiting by itself.
func zero(w *check.World) {
	o := newBox(w)
	q := o.rendezvous("sender", "receiver")
	alone := func(when string) {
		w.Refused(q[0].Put(o.message(0), subject.Never), []subject.Kind{subject.Full}, "sending without waiting, %s", when)
		o.none(q[1], when)
	}
	w.Step("no process waits: neither can be done without waiting")
	alone("with no process at the other side")
	alone("with no process at the other side")
	for i := 1; i <= 5; i++ {
		w.Step("round %d: a receiver waits, and a send that may not wait reaches it", i)
		get := q[1].BeginGet(subject.Forever)
		get.Blocks("receiving while no process sends")
		o.until(func() bool {
			err := q[0].Put(o.message(i), subject.Never)
			if err != nil {
				w.Refused(err, []subject.Kind{subject.Full}, "sending without waiting")
			}
			return err == nil
		}, "a send without waiting was never accepted, although a receiver waits")
		got, err := get.Item()
		w.Must(err, "the receive that waited")
		o.same(i, got, "for the receiver that waited")
		alone("after both had met")
		w.Step("a sender waits, and a receive that may not wait reaches it")
		put := q[0].BeginPut(o.message(i+100), subject.Forever)
		put.Blocks("sending at capacity 0, while no process receives")
		o.until(func() bool {
			got, err = q[1].Get(subject.Never)
			if err != nil {
				w.Refused(err, []subject.Kind{subject.Empty}, "receiving without waiting")
			}
			return err == nil
		}, "a receive without waiting never got a message, although a sender waits")
		o.same(i+100, got, "from the sender that waits")
		_, err = put.Return()
		w.Must(err, "the send whose message was received")
		alone("after both had met")
	}
	if slices.Contains(w.Claims().Extended, "BOX-DEADLINE") {
		w.Step("a process that has given up no longer counts as waiting")
		_, err := q[1].Get(subject.Wait(20 * time.Millisecond))
		w.Refused(err, []subject.Kind{subject.Timeout}, "receiving while no process sends, for 20 ms")
		alone("after the receiver has given up")
		err = q[0].Put(o.message(0), subject.Wait(20*time.Millisecond))
		w.Refused(err, []subject.Kind{subject.Timeout}, "sending while no process receives, for 20 ms")
		alone("after the sender has given up")
	}
}

// until repeats something that must become possible once the other side, which
// was seen to wait, has got as far as the mailbox.
func (o *box) until(done func() bool, never string) {
	for end := time.Now().Add(2 * check.DefaultPatience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			o.w.Fail("%s", never)
		}
	}
}

// unbounded: a hundred thousand messages wait while no process receives.
func unbounded(w *check.World) {
	const count, size = 100_000, 256
	o := newBox(w)
	shape := check.QueueShape{Capacity: subject.Unbounded, ItemMax: o.facts.Size(size)}
	q := o.open(w.ObjectName("endless"), shape, false, "sender", "receiver")
	b := check.Bulk{Count: 1000, SizeMin: shape.ItemMax, SizeMax: shape.ItemMax, Seed: o.seed}
	q[0].BeginPutAll(b).AllRight(b)
	q[1].BeginGetAll(b).AllRight(b)
	before := o.memory()
	b.Count, b.Seed = count, b.Seed+1
	w.Step("%d messages of %d bytes are sent while no process receives", count, shape.ItemMax)
	q[0].BeginPutAll(b).AllRight(b)
	full := o.memory()
	w.Step("they are received, in order")
	q[1].BeginGetAll(b).AllRight(b)
	o.none(q[1], "when all was received")
	if grown := full - before; grown < count*shape.ItemMax/2 {
		w.Note("%d messages waited; they were kept where the kit cannot measure it, as in the kernel", count)
		return
	}
	w.Step("their memory is given back")
	limit := before + (full-before)/2
	o.until(func() bool { return o.memory() < limit },
		fmt.Sprintf("less than half was given back of the %d KiB that the messages took", (full-before)>>10))
	w.Note("%d messages of %d bytes: the processes of the subject held %d KiB before, %d KiB full, %d KiB after",
		count, shape.ItemMax, before>>10, full>>10, o.memory()>>10)
}

// memory is what all processes of the world hold of their own, in bytes: those
// in the PID namespace of its agents, so that a server of the subject's counts.
func (o *box) memory() (sum int64) {
	agents := map[string]bool{}
	for _, p := range o.w.Processes() {
		agents[strconv.Itoa(p.PID())] = true
	}
	space := ""
	if o.w.Isolated() {
		for pid := range agents {
			space, _ = os.Readlink("/proc/" + pid + "/ns/pid")
		}
	}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid := e.Name()
		if pid[0] < '0' || pid[0] > '9' {
			continue
		}
		own, err := os.Readlink("/proc/" + pid + "/ns/pid")
		if !agents[pid] && (space == "" || err != nil || own != space) {
			continue
		}
		text, _ := os.ReadFile("/proc/" + pid + "/status")
		for line := range strings.Lines(string(text)) {
			key, value, _ := strings.Cut(line, ":")
			if fields := strings.Fields(value); len(fields) > 0 && (key == "RssAnon" || key == "RssShmem") {
				n, _ := strconv.ParseInt(fields[0], 10, 64)
				sum += n << 10
			}
		}
	}
	return sum
}
