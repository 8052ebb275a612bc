package cooperation

import (
	"encoding/binary"
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
)

// A desk is a region with one request or its answer, behind a guard: the first
// of its two words says whose turn it is.
const (
	deskSize = 16

	idle     = 0
	asked    = 1
	answered = 2
)

// A seat is one process at the desk.
type seat struct {
	w      *check.World
	p      *check.Process
	guard  guard
	region *check.Region
}

// turn does what is due at the desk, with no other process there.
func (s *seat) turn(due uint64, f func(number uint64) (newTurn, newNumber uint64)) {
	s.guard.within(s.w, now, s.guard.alone, func() {
		b, err := s.region.Read(0, deskSize)
		s.w.Must(err, "reading the desk by %s", s.p.Name())
		if len(b) != deskSize {
			s.w.Fail("reading %d bytes gave %d", deskSize, len(b))
		}
		if turn := binary.NativeEndian.Uint64(b); turn != due {
			s.w.Fail("%s finds the desk at turn %d, where turn %d is due: what the others had written is gone", s.p.Name(), turn, due)
		}
		newTurn, newNumber := f(binary.NativeEndian.Uint64(b[8:]))
		b = binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, newTurn), newNumber)
		s.w.Must(s.region.Write(0, b), "writing the desk by %s", s.p.Name())
	})
}

// now is an Await where nothing else goes on.
func now(c *check.Call) *check.Call { return c }

// replaceWorker has the module at a desk in a region.
func replaceWorker(w *check.World, g guarding) {
	w.Step("a client asks a module through a region, behind %s", g.name)
	name, guardName := w.ObjectName("desk"), w.ObjectName("desk-guard")
	sit := func(p *check.Process, create bool) *seat {
		open := p.OpenRegion
		if create {
			open = func(name string) (*check.Region, error) { return p.CreateRegion(name, deskSize) }
		}
		region, err := open(name)
		w.Must(err, "attaching to the desk by %s", p.Name())
		guard, err := g.attach(w, p, guardName, create)
		w.Must(err, "attaching to %s by %s", g.name, p.Name())
		return &seat{w, p, guard, region}
	}
	client := sit(w.Process("client at the desk"), true)
	var number uint64 // that has been asked for; 0 where nothing is under way
	ask := func() {
		number = 1 + w.Rand.Uint64N(5000)
		client.turn(idle, func(uint64) (uint64, uint64) { return asked, number })
	}
	take := func() {
		client.turn(answered, func(got uint64) (uint64, uint64) {
			if want := divisorsByTrial(number); got != want {
				w.Fail("the module says that %d has %d divisors; it has %d", number, got, want)
			}
			return idle, 0
		})
		number = 0
	}
	for life := range replacements {
		how := implementations[life%len(implementations)]
		worker := sit(w.Process(fmt.Sprintf("worker %d", life+1)), false)
		w.Step("%s, which counts %s, takes over", worker.p.Name(), how.name)
		serve := func() {
			worker.turn(asked, func(n uint64) (uint64, uint64) { return answered, how.divisors(n) })
		}
		if number != 0 { // the one before died with the request waiting
			serve()
			take()
		}
		ask()
		switch life % 3 {
		case 0:
			serve()
			take()
			w.Step("%s ends in order", worker.p.Name())
			worker.p.Exit()
		case 1:
			w.Step("%s dies with a request waiting", worker.p.Name())
			worker.p.Kill()
		case 2:
			serve()
			w.Step("%s dies with its answer waiting", worker.p.Name())
			worker.p.Kill()
			take()
		}
	}
	client.p.Leave()
}
