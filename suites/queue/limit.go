package queue

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// Deadline: an operation with a time limit does not give up before it, leaves
// nothing behind when it does, and completes where it can before.
func Deadline(w *check.World) {
	p := newPair(w, 2, 16)
	for _, limit := range []time.Duration{30 * time.Millisecond, 150 * time.Millisecond} {
		w.Step("the queue is empty; a get may wait for %v", limit)
		began := time.Now()
		_, err := p.consumer.Get(subject.Wait(limit))
		timedOut(w, err, began, limit, "a get from the empty queue")
		w.Step("the queue is full; a put may wait for %v", limit)
		n := p.full(0)
		began = time.Now()
		err = p.producer.Put(p.item(n), subject.Wait(limit))
		timedOut(w, err, began, limit, "a put into the full queue")
		w.Step("neither left anything behind")
		p.get(0, n)
		p.empty()
	}
	w.Step("an item comes before the limit of a get")
	get := p.consumer.BeginGet(subject.Wait(time.Hour))
	get.Blocks("getting from the empty queue for at most an hour")
	p.put(0, 1)
	p.brings(get, 0)
	w.Step("there is room before the limit of a put")
	n := p.full(0)
	put := p.producer.BeginPut(p.item(n), subject.Wait(time.Hour))
	put.Blocks("putting into the full queue for at most an hour")
	p.makeRoom(put, 0, n)
	w.Step("signals arrive while a limit runs: it is not counted anew each time")
	q := &pair{w: w, facts: p.facts, shape: p.shape, usable: p.usable, size: p.size, seed: p.seed}
	q.attach(w.Process("producer 2"), w.Process("consumer 2"), w.ObjectName("q2"))
	const limit = 500 * time.Millisecond
	began := time.Now()
	call := q.consumer.BeginGet(subject.Wait(limit))
	if call.Outlasts(limit) {
		w.Fail("a get from the empty queue that may wait for %v still sleeps after %v: whenever a signal arrives, the limit is counted anew",
			limit, time.Since(began).Round(time.Second/10))
	}
	_, err := call.Item()
	timedOut(w, err, began, limit, "a get from the empty queue, during signals,")
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

// timedOut expects that an operation gave up, and not before its limit.
func timedOut(w *check.World, err error, began time.Time, limit time.Duration, what string) {
	w.Refused(err, []subject.Kind{subject.Timeout}, "%s that may wait for %v", what, limit)
	if took := time.Since(began); took < limit {
		w.Fail("%s gave up after %v; it must wait for %v", what, took.Round(time.Millisecond/10), limit)
	}
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
