package queue

import (
	"bytes"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

// givesUpAmongOthers has several consumers wait, and several producers, of which one
// gives up: at its time limit, or cancelled, as is claimed. The others go on.
func (p *pair) givesUpAmongOthers() {
	if !p.limited() && !p.facts.CanCancel {
		return
	}
	w, q := p.w, *p
	q.enlarge(4)
	q.attach(p.producer.Process(), p.consumer.Process(), w.ObjectName("among"))
	consumers := q.crowd(q.consumer, "consumer")
	if len(consumers) == 1 {
		return // there is one on each side
	}
	producers := q.crowd(q.producer, "producer")
	for at := range 2 {
		w.Step("%d consumers wait; number %d gives up, and the others get what comes", len(consumers), at+1)
		gets := q.among(at, p.limited(), "getting from the empty queue", func(i int, wait subject.Wait) *check.Call {
			return consumers[i].BeginGet(wait)
		})
		for item := 0; len(gets) > 0; item++ {
			q.put(item, item+1)
			i := check.First(gets...)
			q.brings(gets[i], item)
			gets = slices.Delete(gets, i, i+1)
		}
		q.empty()
		w.Step("the queue is full and %d producers wait; number %d gives up, and what the others put arrives", len(producers), at+1)
		n := q.full(0)
		puts := q.among(at, !p.facts.CanCancel, "putting into the full queue", func(i int, wait subject.Wait) *check.Call {
			return producers[i].BeginPut(q.item(n+i), wait)
		})
		q.get(0, n)
		var due [][]byte
		for i := range producers {
			if i != at {
				due = append(due, q.item(n+i))
			}
		}
		for range puts {
			got, err := q.consumer.Get(subject.Forever)
			w.Must(err, "getting what producers put that had waited beside one that gave up")
			i := slices.IndexFunc(due, func(item []byte) bool { return bytes.Equal(item, got) })
			if i < 0 {
				w.Fail("%s came out, which is not one of the items that were put", check.Show(got))
			}
			due = slices.Delete(due, i, i+1)
		}
		for _, put := range puts {
			_, err := put.Return()
			w.Must(err, "a put that waited beside one that gave up")
		}
		q.empty()
	}
}

// among begins three operations that wait, lets the one at a position give up, by a time
// limit or cancelled, and gives the others.
func (p *pair) among(at int, byLimit bool, what string, begin func(i int, wait subject.Wait) *check.Call) (waiting []*check.Call) {
	attempts := make([]section.Attempt, 3)
	for i := range attempts {
		attempts[i] = func(wait subject.Wait) *check.Call { return begin(i, wait) }
	}
	if byLimit {
		return section.GivesUpAmong(p.w, at, what, attempts...)
	}
	for _, attempt := range attempts {
		call := attempt(subject.Forever)
		call.Blocks("%s", what)
		waiting = append(waiting, call)
	}
	abandoned := waiting[at]
	cancelled(abandoned.Process(), abandoned)
	_, err := abandoned.Return()
	p.w.Refused(err, []subject.Kind{subject.Interrupted}, "%s, cancelled", what)
	return slices.Delete(waiting, at, at+1)
}
