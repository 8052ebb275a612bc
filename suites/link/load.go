package link

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/subject"
)

// Loads registers what is decided by histories recorded under load. Neither asks
// when a receive may find nothing: what was sent may still be on its way.
func Loads(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("LINK-ORDER", loaded(linear.Producers{}))
	under("LINK-CONTENT", loaded(linear.Delivery{Loss: true, Relaxed: true}))
}

// loaded gives the check of links by one checker.
func loaded(checker linear.Checker) func(*check.World) {
	return func(w *check.World) {
		l := &trial{w: w, claims: w.Claims().Profiles.Link, checker: checker}
		if _, most := l.claims.Item.Bounds(); most < history.SmallestNamed {
			w.Skip("messages of %d bytes cannot be told apart: the least that can be named has %d", most, history.SmallestNamed)
		}
		load.Run(w, load.Trial{Begin: l.begin, End: l.end, Check: l.check, Unrecorded: l.unrecorded})
	}
}

// A trial has one process send to another over a link of theirs, while a
// third sends something to the receiver over a link of its own.
type trial struct {
	w       *check.World
	claims  *subject.LinkProfile
	checker linear.Checker

	low, high        int64       // bytes, of a message
	from, to         *check.Link // of this round
	stranger, aside  *check.Link // the third's end, and the receiver's
	strange          check.Bulk  // what the third sends
	strangersSending *check.Call // while it does
}

func (l *trial) check(*load.Round) linear.Checker { return l.checker }

// begin draws the shape of the round and starts it.
func (l *trial) begin(r *load.Round) {
	l.attach(r)
	think := []time.Duration{0, 0, 2 * time.Microsecond, 100 * time.Microsecond}[r.Rand.IntN(4)]
	tries := []int64{0, 0, 30, 90}[r.Rand.IntN(4)]
	if l.claims.Framing == subject.FramingStream {
		tries = 0 // a part of a message may be there
	}
	r.Shape = fmt.Sprintf("one sends, one receives, a third sends aside; messages of %s, %d %% without waiting, thinking up to %v", check.Bytes(l.low, l.high), tries, think)
	l.strangersSending = l.stranger.BeginPutAll(l.strange)
	for i, x := range []struct {
		role string
		link *check.Link
	}{{l.to.GetRole(), l.to}, {l.from.PutRole(), l.from}} {
		recorded := r.Load(x.role, i)
		recorded.Tries, recorded.Think, recorded.SizeMin, recorded.SizeMax = tries, think, l.low, l.high
		r.Recorded(x.link.Record(recorded))
	}
}

// attach links a sender, a receiver and a third with each other; which is which
// changes from round to round. It draws the sizes of their messages.
func (l *trial) attach(r *load.Round) {
	var parties []*check.Party
	for i := range 3 {
		p, err := r.Process((i + r.Number) % 3).Join(r.Name("party"))
		l.w.Must(err, "joining")
		parties = append(parties, p)
		r.Cleanup(func() { l.w.Must(p.Leave(), "leaving") })
	}
	end := func(a, b int) *check.Link {
		x, err := parties[a].Link(parties[b].Name)
		l.w.Must(err, "linking %s with %s", parties[a].Process().Name(), parties[b].Process().Name())
		return x
	}
	l.from, l.to = end(0, 1), end(1, 0)
	l.stranger, l.aside = end(2, 1), end(1, 2)
	least, most := l.claims.Item.Bounds()
	l.high = min(max([]int64{8, 16, 24, 100, 1000}[r.Rand.IntN(5)], int64(least), history.SmallestNamed), int64(most))
	l.low = l.high
	if r.Rand.IntN(2) == 0 && l.claims.Framing != subject.FramingStream {
		l.low = min(l.high, max(int64(least), history.SmallestNamed, l.high/2))
	}
	// So little that it is surely held while no process receives it.
	l.strange = check.Bulk{Count: 2, SizeMin: l.high, SizeMax: l.high, Seed: r.Rand.Uint64()}
}

// end lets the receiver look whether anything is left, and take what came from
// the third.
func (l *trial) end(r *load.Round) {
	x := r.Load(l.to.GetRole(), 2)
	x.Count, x.Wait, x.SizeMin, x.SizeMax = 1<<12, subject.Never, l.high, l.high
	drain := l.to.Record(x)
	if stuck := l.w.Ended([]*check.Recording{drain}); stuck != "" {
		l.w.Timeout("a receive without waiting, on a link that no other process uses: %s", stuck)
	}
	drain.Broken()
	r.Recorded(drain)
	l.aside.BeginGetAll(l.strange).AllRight(l.strange)
	l.strangersSending.AllRight(l.strange)
}

// unrecorded moves messages from one process to another and compares them.
func (l *trial) unrecorded(r *load.Round) int64 {
	l.attach(r)
	b := check.Bulk{Count: r.Count, SizeMin: l.low, SizeMax: l.high, Seed: r.Rand.Uint64()}
	aside := l.stranger.BeginPutAll(l.strange)
	get, put := l.to.BeginGetAll(b), l.from.BeginPutAll(b)
	get.AllRight(b)
	put.AllRight(b)
	l.aside.BeginGetAll(l.strange).AllRight(l.strange)
	aside.AllRight(l.strange)
	return 2 * r.Count
}
