package queue

import (
	"bytes"
	"time"

	"github.com/ipckit/ipckit/harness/check"
)

// ProducerDeath: after a producer was killed at any moment, all that it had put
// comes out whole and in order, at most the item in hand not or once more, and
// the others go on as if it had never been.
func ProducerDeath(w *check.World) { killProducers(w, few()) }

// ProducerDeaths is the same for as long as it is given.
func ProducerDeaths(w *check.World) { killProducers(w, many(w)) }

func killProducers(w *check.World, another more) {
	k := newKilling(w)
	for another(k.killed) {
		victim, p := k.victim()
		q := p.give(p.producer, victim)
		b := check.Bulk{Count: endless, SizeMin: p.size, SizeMax: p.size, Seed: p.seed + uint64(k.killed), Tally: k.tally}
		before := victim.Finished()
		q.BeginPutAll(b)
		s := &stream{pair: p, bulk: b}
		switch {
		case p == k.long: // while it fills the queue, as fast as it can
			k.await(w.Rand.Int64N(max(p.usable*3/4, 1))+1, watch)
		case k.killed%4 == 1: // when it waits for room
			k.await(p.usable+1, doze)
			time.Sleep(time.Duration(w.Rand.IntN(500)) * time.Microsecond)
		default: // while another gets
			k.await(p.usable+1+w.Rand.Int64N(30), func(time.Duration) { s.take() })
		}
		h := k.kill(victim, before)
		w.Settle() // a broker may still have to read what the victim has sent
		s.drain(h)
		p.producer = p.back(p.producer)
		s.over(h)
		k.came += s.next
		if h.busy() && s.next == h.ended {
			k.lost++
		}
		if s.again {
			k.repeated++
		}
		k.goOn(p)
		w.Progress(k.came, int64(k.killed))
	}
	w.Note("%s; all %d items whose put had returned came out, whole and in order", k.sum("producers"), k.ended)
}

// stream takes the items of one bulk, each of which must be the next.
type stream struct {
	*pair
	bulk  check.Bulk
	next  int64
	again bool // the item in hand has come once more
}

// item is the one of a number.
func (s *stream) item(i int64) []byte { return s.bulk.Item(i) }

// take gets an item without waiting, and reports whether there was one.
func (s *stream) take() bool {
	got, found := s.try()
	if !found {
		return false
	}
	if want := s.item(s.next); !bytes.Equal(got, want) {
		s.wrong(got, want)
	}
	s.next++
	return true
}

// wrong says which item came out instead of the next.
func (s *stream) wrong(got, want []byte) {
	for i := s.next - 1; i >= 0 && len(got) >= 8; i-- {
		if bytes.Equal(got, s.item(i)) {
			s.w.Fail("item %d came out a second time, where item %d was due", i, s.next)
		}
	}
	for i := s.next + 1; i < s.next+64 && len(got) >= 8; i++ {
		if bytes.Equal(got, s.item(i)) {
			s.w.Fail("item %d came out where item %d was due: what lies between is lost, or comes out of order", i, s.next)
		}
	}
	s.w.Fail("item %d must come out as %s; it came out as %s", s.next, check.Show(want), check.Show(got))
}

// drain takes all that the dead producer has left: what it had put, and of what
// it had in hand nothing, one, or one more.
func (s *stream) drain(h hand) {
	if many := h.ended - 3; s.next == 0 && many > 100 { // the last, where it is decided, come one by one
		b := s.bulk
		b.Count, b.Tally = many, nil
		s.consumer.BeginGetAll(b).AllRight(b)
		s.next = many
	}
	for late := time.Now().Add(repair); ; {
		got, found := s.try()
		switch {
		case found && h.busy() && s.next == h.begun && !s.again && bytes.Equal(got, s.item(h.ended)):
			s.again = true
		case found && s.next >= h.begun:
			s.w.Fail("one more item came out than the dead producer had begun to put: %s (the puts that had returned: %v)", check.Show(got), h)
		case found:
			if want := s.item(s.next); !bytes.Equal(got, want) {
				s.wrong(got, want)
			}
			s.next++
		case s.next >= h.ended:
			return
		case time.Now().After(late):
			s.w.Fail("item %d is lost, whose put had returned before its producer was killed (the puts that had returned: %v)", s.next, h)
		default:
			doze(0)
		}
	}
}

// repair is how long a queue may need until it is as before a death, or an item
// until it is there: the process that does this may still have to be scheduled.
const repair = 10 * time.Second

// over expects that nothing more of the dead producer comes out when another has taken
// its place, except what it had in hand: the next producer may have completed that.
func (s *stream) over(h hand) {
	got, found := s.try()
	if found && s.next < h.begun && bytes.Equal(got, s.item(s.next)) {
		s.next++
		got, found = s.try()
	}
	if !found {
		return
	}
	for i := range min(s.next, 1000) {
		if at := s.next - 1 - i; bytes.Equal(got, s.item(at)) {
			s.w.Fail("item %d came out a second time, when another producer had taken the dead one's place (the puts that had returned: %v)", at, h)
		}
	}
	s.w.Fail("%s came out when another producer had taken the dead one's place, which had put nothing yet", check.Show(got))
}
