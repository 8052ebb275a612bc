package queue

import (
	"bytes"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
)

// Named is the buffer or mailbox as an object with a name: what a handle leaves is an
// item.
func Named(w *check.World) life.Object[*check.Queue] {
	f, noun, items := w.Queues(), "buffer", 0
	if w.Profile() == subject.ProfileMailbox {
		noun = "mailbox"
	}
	shape := f.Shape(4, 16)
	return life.Object[*check.Queue]{
		Noun:   noun,
		Sided:  w.Profile() == subject.ProfileOneToOne,
		Create: func(p *check.Process, name string) (*check.Queue, error) { return p.CreateQueue(name, shape) },
		Open:   (*check.Process).OpenQueue,
		Unlink: func(q *check.Queue) error { return q.Process().UnlinkQueue(q.Name) },
		Leave: func(by *check.Queue) func(*check.Queue, string) {
			items++
			item := check.Item(w.Rand.Uint64(), items, f.Size(16))
			w.Must(by.Put(item, subject.Forever), "putting an item by %s into the empty %s", by.Process().Name(), noun)
			return func(q *check.Queue, when string) {
				who := q.Process().Name()
				got, err := q.Get(subject.Never)
				w.Must(err, "getting by %s the item that is inside, %s", who, when)
				if !bytes.Equal(got, item) {
					w.Fail("%s went in, and %s came out for %s, %s", check.Show(item), check.Show(got), who, when)
				}
				_, err = q.Get(subject.Never)
				w.Refused(err, []subject.Kind{subject.Empty}, "getting by %s from the empty %s, %s", who, noun, when)
			}
		},
	}
}
