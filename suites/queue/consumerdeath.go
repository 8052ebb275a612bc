package queue

import (
	"bytes"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// ConsumerDeath: after a consumer was killed at any moment, the others get all that it
// had not yet taken, in order, at most without the item that it had in hand, and find
// as many free slots as before.
func ConsumerDeath(w *check.World) { killConsumers(w, few()) }

// ConsumerDeaths is the same for as long as it is given.
func ConsumerDeaths(w *check.World) { killConsumers(w, many(w)) }

// streamed is how many items a consumer is killed among. Those that are left
// come one by one.
const streamed = 600

func killConsumers(w *check.World, another more) {
	k := newKilling(w)
	for another(k.killed) {
		victim, p := k.victim()
		q := p.give(p.consumer, victim)
		b := check.Bulk{Count: streamed, SizeMin: p.size, SizeMax: p.size, Seed: p.seed + uint64(k.killed)}
		idle := k.killed/2%4 == 3
		if idle {
			b.Count = 20
		}
		before := victim.Finished()
		q.BeginGetAll(check.Bulk{Count: endless, SizeMin: b.SizeMin, SizeMax: b.SizeMax, Seed: b.Seed, Tally: k.tally})
		put := p.producer.BeginPutAll(b)
		if idle { // when it waits for an item
			k.await(b.Count+1, doze)
			time.Sleep(time.Duration(w.Rand.IntN(500)) * time.Microsecond)
		} else { // while it gets, as fast as it can
			k.await(w.Rand.Int64N(b.Count/2)+1, watch)
		}
		h := k.kill(victim, before)
		p.consumer = p.back(p.consumer)
		r := newRemainder(p, b, h)
		for !put.Returned() {
			if !r.take() {
				doze(0)
			}
		}
		r.produced(put)
		w.Settle() // a broker may still have to notice that its receiver is dead
		for late := time.Now().Add(repair); !r.complete() && time.Now().Before(late); {
			if !r.take() {
				doze(0)
			}
		}
		for r.take() {
		}
		first := r.ended()
		k.came += r.count
		if h.busy() && first == h.ended+1 {
			k.lost++
		}
		k.goOn(p)
		w.Progress(k.came, int64(k.killed))
	}
	w.Note("%s; of the %d items whose get had returned none came again, and the %d that were left came to another consumer, in order up to the last",
		k.sum("consumers"), k.ended, k.came)
}

// remainder takes what a dead consumer has left of a bulk: all from the item on
// that it had in hand, or from the next, to the last.
type remainder struct {
	*pair
	bulk  check.Bulk
	hand  hand
	first []int64 // items that may have come first, by all that came so far
	count int64   // of those that came
}

func newRemainder(p *pair, b check.Bulk, h hand) *remainder {
	r := &remainder{pair: p, bulk: b, hand: h}
	last := h.begun
	if p.w.Profile() == subject.ProfileMailbox {
		last = b.Count // it promises only that nothing comes again: a receiver may have fetched several
	}
	for i := h.ended; i <= min(last, b.Count); i++ {
		r.first = append(r.first, i)
	}
	return r
}

// take gets an item without waiting, and reports whether there was one.
func (r *remainder) take() bool {
	got, found := r.try()
	if !found {
		return false
	}
	possible := slices.DeleteFunc(slices.Clone(r.first), func(i int64) bool {
		return i+r.count >= r.bulk.Count || !bytes.Equal(got, r.item(i+r.count))
	})
	if len(possible) == 0 {
		r.wrong(got)
	}
	r.first = possible
	r.count++
	return true
}

func (r *remainder) item(i int64) []byte { return r.bulk.Item(i) }

// wrong says what came out instead of what was due.
func (r *remainder) wrong(got []byte) {
	if r.count > 0 {
		r.w.Fail("item %d was due; %s came out", r.first[0]+r.count, check.Show(got))
	}
	for i := range r.bulk.Count {
		switch {
		case len(got) < 8 || !bytes.Equal(got, r.item(i)):
		case i < r.hand.ended:
			r.w.Fail("item %d came out a second time, whose get had returned to the consumer that was killed (the gets that had returned: %v)", i, r.hand)
		default:
			r.w.Fail("item %d came out first after the death, so that what lies before it is lost (the gets that had returned: %v)", i, r.hand)
		}
	}
	r.w.Fail("%s came out first after the death, which is none of the items that were still to come (the gets that had returned: %v)", check.Show(got), r.hand)
}

// produced expects that the producer has put all of the bulk. Where there was one
// consumer alone, put may have reported its death instead.
func (r *remainder) produced(put *check.Call) {
	reply, err := put.Return()
	if r.alone() && subject.KindOf(err) == subject.PeerDead && reply.Done != nil {
		r.bulk.Count = *reply.Done
		return
	}
	put.AllRight(r.bulk)
}

// complete reports whether the last item may have come.
func (r *remainder) complete() bool {
	return slices.ContainsFunc(r.first, func(i int64) bool { return i+r.count == r.bulk.Count })
}

// ended expects that the last item has come, and gives the one that came first,
// or would have come next.
func (r *remainder) ended() int64 {
	for _, i := range r.first {
		if i+r.count == r.bulk.Count {
			return i
		}
	}
	if r.count == 0 {
		r.w.Fail("nothing came out after the death, of %d items that were put (the gets that had returned: %v)", r.bulk.Count, r.hand)
	}
	r.w.Fail("after item %d of %d nothing more came out: the rest is lost", r.first[0]+r.count-1, r.bulk.Count)
	return 0
}
