package queue

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// Deadline: an operation with a time limit does not give up before it, leaves
// nothing behind when it does, and completes where it can before.
func Deadline(w *check.World) {
	p := newPair(w, 2, 16)
	q := &pair{w: w, facts: p.facts, shape: p.shape, usable: p.usable, size: p.size, seed: p.seed}
	q.attach(w.Process("producer 2"), w.Process("consumer 2"), w.ObjectName("q2"))
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("the queue is empty; a get may wait for %v", limit)
		p.consumer.BeginGet(subject.Wait(limit)).Expires(limit, timedOut, "a get from the empty queue")
		w.Step("the queue is full; a put may wait for %v", limit)
		n := p.full(0)
		p.producer.BeginPut(p.item(n), subject.Wait(limit)).Expires(limit, timedOut, "a put into the full queue")
		w.Step("neither left anything behind")
		p.get(0, n)
		p.empty()
	}
	w.Step("there is room before the limit of a put")
	n := p.full(0)
	put := p.producer.BeginPut(p.item(n), section.Far)
	put.Blocks("putting into the full queue for at most an hour")
	p.get(p.makeRoom(put, 0, n), n+1)
	w.Step("signals arrive while a limit runs: it is not counted anew each time")
	const limit = 500 * time.Millisecond
	began := time.Now()
	call := q.consumer.BeginGet(subject.Wait(limit))
	if call.Outlasts(limit) {
		w.Fail("a get from the empty queue that may wait for %v still sleeps after %v: whenever a signal arrives, the limit is counted anew",
			limit, time.Since(began).Round(time.Second/10))
	}
	call.Expires(limit, timedOut, "a get from the empty queue, during signals,")
	crossSeconds(p, q)
}

// timedOut is how an operation is refused whose time is up.
var timedOut = []subject.Kind{subject.Timeout}

// crossSeconds has gets at the empty queues of two pairs, and puts into full queues that
// have no consumer, wait longer than a second; and a get at a queue without a producer for
// as long as that takes.
func crossSeconds(pairs ...*pair) {
	w := pairs[0].w
	alone := *pairs[0]
	var err error
	alone.consumer, err = w.Process("consumer 3").CreateQueue(w.ObjectName("lonely"), alone.shape)
	w.Must(err, "creating a queue")
	far := alone.consumer.BeginGet(section.Far)
	attempts := map[check.Clock][]section.Attempt{}
	for i, clock := range []check.Clock{check.Realtime, check.Monotonic} {
		p := *pairs[i]
		p.enlarge(2)
		p.producer, err = p.producer.Process().CreateQueue(w.ObjectName(fmt.Sprintf("full%d", i)), p.shape)
		w.Must(err, "creating a queue")
		n := p.full(0)
		attempts[clock] = []section.Attempt{p.consumer.BeginGet, func(wait subject.Wait) *check.Call {
			return p.producer.BeginPut(p.item(n), wait)
		}}
	}
	section.CrossSeconds(w, timedOut, "getting from an empty and putting into a full queue", attempts)
	far.StillBlocked("getting from the empty queue for at most an hour")
	w.Step("an item comes before the limit of a get")
	alone.producer, err = pairs[0].producer.Process().OpenQueue(alone.consumer.Name)
	w.Must(err, "opening the queue at which a get waits")
	alone.put(0, 1)
	alone.brings(far, 0)
}

// limited reports whether the subject claims time limits.
func (p *pair) limited() bool {
	switch p.w.Profile() {
	case subject.ProfileMailbox:
		return p.w.ClaimsExtended("BOX-DEADLINE")
	case subject.ProfileLink:
		return false
	}
	return p.w.ClaimsExtended("BUF-DEADLINE")
}

// Sleep: a process that waits uses next to no processor time.
func Sleep(w *check.World) {
	p := newPair(w, 2, 16)
	w.Step("the processor time of a get that waits is watched")
	get := p.consumer.BeginGet(subject.Forever)
	get.Sleeps("getting from the empty queue")
	p.put(0, 1)
	p.brings(get, 0)
	w.Step("the processor time of a put that waits is watched")
	n := p.full(0)
	put := p.producer.BeginPut(p.item(n), subject.Forever)
	put.Sleeps("putting into the full queue")
	p.makeRoom(put, 0, n)
}
