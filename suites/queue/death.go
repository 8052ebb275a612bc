package queue

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// deaths is how often somebody is killed in a check of behaviour.
const deaths = 100

// more tells, of each death by its number, whether it is to happen.
type more func(number int) bool

func few(number int) bool { return number < deaths }

// many are as many as the budget of a check under load has time for; the
// record says how many that were.
func many(w *spec.World) more {
	end := time.Now().Add(w.Budget())
	return func(number int) bool { return number == 0 || time.Now().Before(end) }
}

// endless is more items than anybody lives to move.
const endless = 1 << 40

// ProducerDeath: after a producer was killed at any moment, all that it had put
// comes out whole and in order, and the others go on as if it had never been.
func ProducerDeath(w *spec.World) { killProducers(w, few) }

// ProducerDeaths is the same for as long as it is given.
func ProducerDeaths(w *spec.World) { killProducers(w, many(w)) }

func killProducers(w *spec.World, another more) {
	p := newPair(w, 5, 24)
	var reported, came int64
	round := 0
	for ; another(round); round++ {
		victim := w.Process(fmt.Sprintf("victim %d", round+1))
		q := p.give(p.producer, victim)
		b := spec.Bulk{Count: endless, SizeMin: p.size, SizeMax: p.size, Seed: p.seed + uint64(round) + 1}
		before := victim.Finished()
		q.BeginPutAll(b)
		s := &stream{pair: p, seed: b.Seed}
		for end := p.moment(); time.Now().Before(end); {
			if round%2 == 1 || !s.take() { // in every other round nobody gets: it fills the queue, and waits
				time.Sleep(50 * time.Microsecond)
			}
		}
		done := victim.Finished() - before
		victim.Kill()
		for s.take() {
		}
		if int64(s.next) < done {
			w.Fail("%d puts of %s had returned before it was killed, and %d items came out", done, victim.Name(), s.next)
		}
		reported, came = reported+done, came+int64(s.next)
		w.Forget()
		w.Step("the others go on")
		p.producer = p.back(p.producer)
		p.whole(0)
		w.Progress(came, int64(round+1))
	}
	w.Note("%d producers were killed; of the %d puts that were known to have returned none was lost, and %d items came out whole and in order", round, reported, came)
}

// give lets a process open the queue that is to be killed with it. Where only
// one may be on each side, the one that is there makes room, and comes back when
// the other is dead.
func (p *pair) give(own *spec.Queue, victim *spec.Process) *spec.Queue {
	if p.alone() {
		p.w.Must(own.Detach(), "detaching, to make room for another")
	}
	q, err := victim.OpenQueue(own.Name)
	p.w.Must(err, "opening the queue by the next victim")
	return q
}

// back is the handle of the one that made room.
func (p *pair) back(own *spec.Queue) *spec.Queue {
	if !p.alone() {
		return own
	}
	q, err := own.Process().OpenQueue(own.Name)
	p.w.Must(err, "opening the queue after the death of another")
	return q
}

// nothing reports whether there was nothing to get. Of the only one who put, it
// may be said that it is dead.
func (p *pair) nothing(err error) bool {
	kind := subject.KindOf(err)
	return kind == subject.Empty || kind == subject.PeerDead && p.alone()
}

func (p *pair) alone() bool { return p.w.Profile() == subject.ProfileOneToOne }

// stream takes the items of one bulk, each of which must be the next.
type stream struct {
	*pair
	seed uint64
	next int
}

// take gets an item without waiting, and reports whether there was one.
func (s *stream) take() bool {
	got, err := s.consumer.Get(subject.Never)
	if s.nothing(err) {
		return false
	}
	s.w.Must(err, "getting without waiting")
	if want := spec.Item(s.seed, s.next, s.size); !bytes.Equal(got, want) {
		s.w.Fail("item %d went in as %s, if at all, and came out as %s", s.next, spec.Show(want), spec.Show(got))
	}
	s.next++
	return true
}

// moment is any moment within the next few milliseconds.
func (p *pair) moment() time.Time {
	return time.Now().Add(time.Duration(p.w.Rand.IntN(2500)) * time.Microsecond)
}

// ConsumerDeath: after a consumer was killed at any moment, the others get all
// that it had not yet taken, in order, and find as many places as before.
func ConsumerDeath(w *spec.World) { killConsumers(w, few) }

// ConsumerDeaths is the same for as long as it is given.
func ConsumerDeaths(w *spec.World) { killConsumers(w, many(w)) }

func killConsumers(w *spec.World, another more) {
	p := newPair(w, 5, 24)
	var taken, rest int64
	round := 0
	for ; another(round); round++ {
		victim := w.Process(fmt.Sprintf("victim %d", round+1))
		q := p.give(p.consumer, victim)
		b := spec.Bulk{Count: 20 + int64(w.Rand.IntN(400)), SizeMin: p.size, SizeMax: p.size, Seed: p.seed + uint64(round) + 1}
		before := victim.Finished()
		q.BeginGetAll(spec.Bulk{Count: endless, SizeMin: b.SizeMin, SizeMax: b.SizeMax, Seed: b.Seed})
		put := p.producer.BeginPutAll(b)
		time.Sleep(time.Until(p.moment()))
		done := victim.Finished() - before
		victim.Kill()
		p.consumer = p.back(p.consumer)
		s := &remainder{pair: p, bulk: b, from: int(done)}
		for !put.Returned() || s.take() {
			if !s.take() {
				time.Sleep(50 * time.Microsecond)
			}
		}
		s.produced(put)
		for s.take() {
		}
		s.ended()
		taken, rest = taken+done, rest+int64(s.count)
		w.Forget()
		w.Step("the others go on")
		p.whole(0)
		w.Progress(taken+rest, int64(round+1))
	}
	w.Note("%d consumers were killed, which were known to have taken %d items; none of these came again, and the %d that another consumer got came in order up to the last", round, taken, rest)
}

// remainder takes what a dead consumer has left of a bulk: from some item on,
// which it had not yet got, all to the last.
type remainder struct {
	*pair
	bulk  spec.Bulk
	from  int // the first that may come
	next  int // that must come; 0 before the first
	count int
}

// take gets an item without waiting, and reports whether there was one.
func (r *remainder) take() bool {
	got, err := r.consumer.Get(subject.Never)
	if r.nothing(err) {
		return false
	}
	r.w.Must(err, "getting without waiting")
	if r.count > 0 {
		if want := spec.Item(r.bulk.Seed, r.next, r.size); !bytes.Equal(got, want) {
			r.w.Fail("item %d was due and %s came out", r.next, spec.Show(got))
		}
	} else if r.next = r.find(got); r.next < 0 {
		r.w.Fail("%s came out first after the death, which is none of the items %d to %d that were still to come", spec.Show(got), r.from, r.bulk.Count-1)
	}
	r.next++
	r.count++
	return true
}

// produced expects that the producer has put all of the bulk. Where it has lost
// the only one who got, it may have been told instead.
func (r *remainder) produced(put *spec.Call) {
	reply, err := put.Return()
	if r.alone() && subject.KindOf(err) == subject.PeerDead && reply.Done != nil {
		r.bulk.Count = *reply.Done
		return
	}
	put.AllRight(r.bulk)
}

// find tells which of the items that may come one is.
func (r *remainder) find(got []byte) int {
	for i := r.from; int64(i) < r.bulk.Count; i++ {
		if bytes.Equal(got, spec.Item(r.bulk.Seed, i, r.size)) {
			return i
		}
	}
	return -1
}

// ended expects that the last item has come, unless the dead one had it.
func (r *remainder) ended() {
	if r.count > 0 && int64(r.next) != r.bulk.Count {
		r.w.Fail("after item %d of %d nothing more came out: the rest is lost", r.next-1, r.bulk.Count)
	}
}
