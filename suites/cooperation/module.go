package cooperation

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// module has a client ask a module, which is a process, how many divisors
// numbers have, while the module is replaced: by another implementation, after
// it has ended in order, and after it was killed at different moments. No
// moment is one at which it is inside an operation that changes something: what
// a death there may cost is another requirement's matter.
func module(w *check.World) {
	ways := 0
	p := w.Claims().Profiles
	for _, profile := range p.Transfers() {
		w.As(profile, func() {
			if facts := w.Queues(); facts.Size(messageSize) == messageSize {
				ways++
				replaceServer(w, profile)
			}
		})
	}
	if all := guardings(w); p.Region != nil && len(all) > 0 {
		ways++
		replaceWorker(w, all[0])
	}
	if ways == 0 {
		w.Unobserved("nothing that is claimed can carry a message of %d bytes", messageSize)
	}
	w.Note("a module was replaced %d times, in each of %d ways to talk to it", replacements, ways)
}

// replacements are as many as there are moments at which it is replaced.
const replacements = 4

// Two implementations of the module: they do it in different ways, and also ask
// for work in different ways.
var implementations = []struct {
	name     string
	divisors func(n uint64) uint64
	polls    bool
}{
	{"by trial", divisorsByTrial, false},
	{"by factors", divisorsByFactors, true},
}

func divisorsByTrial(n uint64) (count uint64) {
	for d := uint64(1); d <= n; d++ {
		if n%d == 0 {
			count++
		}
	}
	return count
}

func divisorsByFactors(n uint64) uint64 {
	count := uint64(1)
	for p := uint64(2); n > 1; p++ {
		power := uint64(1)
		for ; n%p == 0; n /= p {
			power++
		}
		count *= power
	}
	return count
}

// A server is the module in the life of one process.
type server struct {
	*check.Process
	w        *check.World
	channel  channel
	divisors func(uint64) uint64
	polls    bool
}

// newServer starts the next module, which opens what the others go on using.
func newServer(w *check.World, life int, c *channel) *server {
	how := implementations[life%len(implementations)]
	s := &server{Process: w.Process(fmt.Sprintf("module %d", life+1)), w: w, divisors: how.divisors, polls: how.polls}
	w.Step("%s, which counts %s, takes over", s.Name(), how.name)
	c.serve(w, s.Process)
	s.channel = *c
	return s
}

// take gets a request, which is there.
func (s *server) take() uint64 {
	wait := subject.Forever
	if s.polls {
		wait = subject.Never
	}
	for tries := 1; ; tries++ {
		b, err := s.channel.request.taken.Get(wait)
		if s.polls && subject.KindOf(err) == subject.Empty {
			if s.w.Queues().Relaxed && tries < 1000 { // it may say so while another operation is under way
				continue
			}
			s.w.Fail("%s finds no request, and one was put before", s.Name())
		}
		s.w.Must(err, "getting a request by %s", s.Name())
		return s.channel.number(s.w, b)
	}
}

// serve answers so many requests, which are there.
func (s *server) serve(requests int) {
	for range requests {
		n := s.take()
		s.w.Must(s.channel.answer.put.Put(message(s.divisors(n)), subject.Forever), "answering by %s", s.Name())
	}
}

// replaceServer has the module behind a pair of queues.
func replaceServer(w *check.World, profile string) {
	w.Step("a client asks a module through %s", profile)
	client := w.Process("client")
	c := newChannel(w, client)
	facts := w.Queues()
	batch := int(min(facts.Usable(facts.Shape(channelRoom, messageSize).Capacity), channelRoom))
	s := newServer(w, 0, &c)
	var asked []uint64 // and not yet answered, in the order in which answers are due
	put := func(n uint64) {
		w.Must(c.request.put.Put(message(n), subject.Forever), "asking")
		asked = append(asked, n)
	}
	for life := range replacements {
		for range batch {
			put(1 + w.Rand.Uint64N(5000))
		}
		moment := life % 4
		if profile == subject.ProfileMailbox && moment%2 == 1 {
			moment = 0 // what has been sent to a process that dies may be lost with it or come again, by the claimed delivery
		}
		switch moment {
		case 0:
			s.serve(batch)
			w.Step("%s ends in order", s.Name())
			s.Exit()
		case 1:
			w.Step("%s dies with requests waiting that it has not taken", s.Name())
			s.Kill()
		case 2:
			s.serve(batch)
			w.Step("%s dies while it waits for a request", s.Name())
			waiting := c.request.taken.BeginGet(subject.Forever)
			waiting.Blocks("waiting for a request where there is none")
			s.Kill()
		case 3:
			inHand := s.take()
			w.Step("%s dies with a request in hand; the client asks again", s.Name())
			s.Kill()
			if b, err := c.answer.taken.Get(subject.Never); err == nil {
				w.Fail("an answer of %d came to a request that no module has answered", c.number(w, b))
			}
			asked = asked[1:]
			put(inHand)
		}
		s = newServer(w, life+1, &c)
		if moment%2 == 1 {
			s.serve(batch)
		}
		for _, n := range asked {
			b, err := c.answer.taken.Get(subject.Forever)
			w.Must(err, "getting the answer for %d", n)
			if got, want := c.number(w, b), divisorsByTrial(n); got != want {
				w.Fail("the module says that %d has %d divisors; it has %d: answers were lost, doubled or mixed up", n, got, want)
			}
		}
		asked = asked[:0]
	}
	if b, err := c.answer.taken.Get(subject.Never); err == nil {
		w.Fail("one more answer came at the end: %d", c.number(w, b))
	}
	s.Leave()
	client.Leave()
}
