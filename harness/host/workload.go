package host

import (
	"bytes"
	"fmt"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

// A load is the items of a workload.
type load struct {
	seed             uint64
	count, low, high int64
}

func (l load) size(i int64) int64 { return protocol.ItemSize(l.seed, i, l.low, l.high) }

// item makes item i in p, which is large enough.
func (l load) item(p []byte, i int64) []byte {
	p = p[:l.size(i)]
	protocol.Payload(p, protocol.ItemSeed(l.seed, i))
	return p
}

// workload moves many items in one operation. There are no markers around
// them. The reply says how far it came also where it ended with an error.
func (h *host) workload(r protocol.Request) (protocol.Reply, error) {
	if r.History != "" {
		return h.record(r)
	}
	if o, ok := h.object(r.Object); ok && measured(r.Role) {
		return h.measure(r, o)
	} else if ok {
		if _, queue := o.(*queue); !queue {
			return h.steps(r, o)
		}
	}
	q, err := held[*queue](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	l, err := parseLoad(r)
	if err != nil {
		return protocol.Reply{}, err
	}
	own := new(scratch.Own) // the kit does not look at it
	if r.Scratch != "" {
		s, shared, err := shareScratch(r)
		if err != nil {
			return protocol.Reply{}, err
		}
		defer s.Close()
		own = shared
	}
	switch {
	case q.moves(r.Role, true):
		return h.putAll(q, l, wait(r), own)
	case q.moves(r.Role, false):
		return h.getAll(q, l, wait(r), own)
	}
	return protocol.Reply{}, subject.Errorf(subject.Invalid, "role %q does not fit a %s", r.Role, q.family)
}

func parseLoad(r protocol.Request) (l load, err error) {
	for _, f := range []struct {
		name string
		from *int64
		to   *int64
	}{{"count", r.Count, &l.count}, {"size_min", r.SizeMin, &l.low}, {"size_max", r.SizeMax, &l.high}} {
		if *f.to, err = need(r, f.name, f.from); err != nil {
			return l, err
		}
	}
	switch {
	case r.Seed == nil:
		return l, subject.Errorf(subject.Invalid, "%s needs seed", r.Op)
	case l.count < 0 || l.low < 0 || l.high < l.low || l.high > maxGenerated:
		return l, subject.Errorf(subject.Invalid, "%d items of %d to %d bytes make no sense", l.count, l.low, l.high)
	}
	l.seed = *r.Seed
	return l, nil
}

func (h *host) putAll(q *queue, l load, wait subject.Wait, own *scratch.Own) (protocol.Reply, error) {
	var done int64
	p := make([]byte, l.high)
	for ; done < l.count; done++ {
		item := l.item(p, done)
		own.Began.Store(uint64(done + 1))
		err := q.put(item, wait)
		overwrite(item)
		if err != nil {
			return protocol.Reply{Done: &done}, err
		}
		own.Ended.Store(uint64(done + 1))
		h.finished.Add(1)
	}
	return protocol.Reply{Done: &done}, nil
}

func (h *host) getAll(q *queue, l load, wait subject.Wait, own *scratch.Own) (protocol.Reply, error) {
	var done, wrong int64
	reply := protocol.Reply{Done: &done, Wrong: &wrong}
	want, into := make([]byte, l.high), h.buffer(max(l.high, q.itemMax))
	for ; done < l.count; done++ {
		own.Began.Store(uint64(done + 1))
		n, err := q.take(into, l.size(done), wait)
		if err != nil {
			return reply, err
		}
		if n < 0 || n > len(into) {
			return reply, subject.Errorf(subject.IO, "get returned a length of %d for a buffer of %d bytes", n, len(into))
		}
		if expected := l.item(want, done); !bytes.Equal(into[:n], expected) {
			if wrong == 0 {
				reply.WrongAt, reply.WrongText = new(done), l.describe(into[:n], expected, done)
			}
			wrong++
		} else {
			own.Ended.Add(1)
		}
		h.finished.Add(1)
	}
	return reply, nil
}

// How far around an item its like is looked for.
const describeRange = 100_000

// describe says what came instead of item i.
func (l load) describe(got, want []byte, i int64) string {
	if j, found := l.find(got, i); found {
		return fmt.Sprintf("item %d is item %d", i, j)
	}
	if len(got) != len(want) {
		return fmt.Sprintf("length %d, expected %d", len(got), len(want))
	}
	if n := bytes.Count(got, []byte{overwritten}); n == len(got) {
		return "the sender's buffer as it was after the call: no copy was made"
	}
	for at := range got {
		if got[at] != want[at] {
			return fmt.Sprintf("a byte differs at offset %d: %#02x, expected %#02x", at, got[at], want[at])
		}
	}
	return "equal" // not reached: the caller compared them
}

// find looks for the item that got is, the nearest first. Items of a few bytes
// resemble each other too often to tell them apart.
func (l load) find(got []byte, i int64) (int64, bool) {
	if len(got) < 8 {
		return 0, false
	}
	p := make([]byte, max(l.high, 8))
	same := func(j int64) bool {
		protocol.Payload(p[:8], protocol.ItemSeed(l.seed, j)) // most differ here already
		return bytes.Equal(p[:8], got[:8]) && bytes.Equal(l.item(p, j), got)
	}
	for distance := int64(1); distance <= describeRange; distance++ {
		for _, j := range []int64{i - distance, i + distance} {
			if j >= 0 && j < l.count && l.size(j) == int64(len(got)) && same(j) {
				return j, true
			}
		}
	}
	return 0, false
}
