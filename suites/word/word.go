// Package word holds what checks atomic words of a region (family WORD): specs, loads
// and explored scenarios.
package word

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
)

const page = 4096

// Specs registers the WORD family.
func Specs(s *check.Suite) {
	s.It("WORD-NOTEAR", noTear)
	s.It("WORD-ADD", add)
	s.It("WORD-CAS", cas)
	s.It("WORD-PUBLISH", publish)
	s.It("WORD-REGISTER", register)
	s.It("WORD-DEKKER", dekker)
}

// shared gives the word at an offset of one region to processes of these names; the
// first creates it.
func shared(w *check.World, size, offset int64, names ...string) []*check.Word {
	return share(w, w.ObjectName("words"), size, offset, w.Crew(names...))
}

func share(w *check.World, name string, size, offset int64, processes []*check.Process) []*check.Word {
	regions := check.Share(w, name, processes, func(p *check.Process, name string) (*check.Region, error) {
		return p.CreateRegion(name, size)
	}, (*check.Process).OpenRegion)
	words := make([]*check.Word, len(regions))
	for i, r := range regions {
		words[i] = r.Word(offset)
	}
	return words
}

// is expects that a word holds a value.
func is(w *check.World, x *check.Word, want uint64, when string) {
	got, err := x.Load()
	w.Must(err, "loading the word")
	if got != want {
		w.Fail("the word holds %d (%#x), %s; it must hold %d (%#x)", got, got, when, want, want)
	}
}

func noTear(w *check.World) {
	const last = page - 8
	x := shared(w, page, last, "writer", "second writer", "reader", "second reader")
	for _, v := range []uint64{1<<64 - 1, 0x0123456789abcdef, 1 << 32, 1 << 63, 0xffffffff, 0, 0x0101010101010101} {
		w.Must(x[0].Store(v), "storing %#x", v)
		is(w, x[2], v, "after the store had returned")
	}
	const count = 200_000
	w.Step("two store words of equal bytes and two load, %d times each", count)
	s := check.Steps{Count: count, Scratch: w.Scratch(0)}
	for _, work := range []*check.Work{
		x[0].Begin(protocol.RoleStore, s), x[1].Begin(protocol.RoleStore, s),
		x[2].Begin(protocol.RoleLoad, s), x[3].Begin(protocol.RoleLoad, s),
	} {
		work.Right()
	}
	w.Note("%d loads beside %d stores", 2*count, 2*count)
}

func add(w *check.World) {
	x := shared(w, page, 8, "first", "second", "third")
	for i, delta := range []uint64{1, 5, 1 << 40, 1<<64 - 1} {
		before, err := x[i%2].Load()
		w.Must(err, "loading the word")
		held, err := x[(i+1)%2].Add(delta)
		w.Must(err, "adding %d", delta)
		if held != before {
			w.Fail("an addition says that the word held %d before, and it held %d", held, before)
		}
		is(w, x[i%2], before+delta, "after an addition")
	}
	w.Must(x[0].Store(0), "storing 0")
	counts(w, x, protocol.RoleAdd)
}

// counts lets all of them count up one word at full speed. Each value may be
// returned once.
func counts(w *check.World, x []*check.Word, role string) {
	const count = 100_000
	total := uint64(count * len(x))
	s := w.Scratch(int64(total))
	w.Step("%d processes count it up %d times each", len(x), count)
	var works []*check.Work
	for _, word := range x {
		works = append(works, word.Begin(role, check.Steps{Count: count, Scratch: s}))
	}
	for _, work := range works {
		work.Right()
	}
	is(w, x[0], total, "after all of them have counted")
	for value, mark := range s.Marks()[:total] {
		if mark == 0 {
			w.Fail("no operation returned %d as what the word held before; each value must be returned once", value)
		}
	}
	w.Note("%d steps by %d processes", total, len(x))
}

func cas(w *check.World) {
	x := shared(w, page, 16, "first", "second", "third")
	w.Step("a compare-and-swap that fails changes nothing and returns what the word held; one that succeeds swaps once")
	for i, v := range []uint64{0, 1, 1 << 32, 1<<64 - 1, 7} {
		a, b := x[i%2], x[(i+1)%2]
		w.Must(a.Store(v), "storing %d", v)
		held, swapped, err := b.CompareAndSwap(v+1, 99)
		w.Must(err, "a compare-and-swap")
		if swapped || held != v {
			w.Fail("the word held %d; a compare-and-swap that expected %d says that it held %d, swapped: %t", v, v+1, held, swapped)
		}
		is(w, a, v, "after a compare-and-swap that failed")
		held, swapped, err = b.CompareAndSwap(v, v+9)
		w.Must(err, "a compare-and-swap")
		if !swapped || held != v {
			w.Fail("the word held %d; a compare-and-swap that expected it says that it held %d, swapped: %t", v, held, swapped)
		}
		is(w, a, v+9, "after a compare-and-swap that succeeded")
	}
	w.Must(x[0].Store(0), "storing 0")
	counts(w, x, protocol.RoleCAS)
}

// publish is the litmus test MP: data, then flag; flag, then data.
func publish(w *check.World) {
	const count = 500_000
	x := shared(w, 256<<10, 0, "writer", "reader")
	l := w.Litmus(x[0].Process(), x[1].Process())
	w.Step("one writes data and then a flag, %d times; the other looks at the flag and then at the data", count)
	l.Publish(x[0], x[1], count)
	l.Note()
}

// register lets loads and a store meet, and reads after each that nothing
// goes back. The kit sees when a store has returned, and when a load begins
// after that.
func register(w *check.World) {
	x := shared(w, page, 24, "writer", "reader", "second reader")
	const rounds = 500
	met := 0
	for i := uint64(1); i <= rounds; i++ {
		store := x[0].BeginStore(i)
		first, err := x[1].Load()
		w.Must(err, "loading the word")
		second, err := x[2].Load()
		w.Must(err, "loading the word")
		_, err = store.Return()
		w.Must(err, "storing %d", i)
		switch {
		case first > i || first < i-1 || second > i || second < i-1:
			w.Fail("while %d was stored over %d, the word was read as %d and %d", i, i-1, first, second)
		case second < first:
			w.Fail("one process read %d, and another that began to read after that read %d", first, second)
		case first < i:
			met++
		}
		for _, reader := range x {
			if got, err := reader.Load(); err != nil || got != i {
				w.Must(err, "loading the word")
				w.Fail("%s reads %d, although the store of %d had returned before", reader.Process().Name(), got, i)
			}
		}
	}
	w.Note("%d stores, of which %d had not taken effect yet when a load began beside them", rounds, met)
}

// dekker is the litmus test SB: each stores to its own word and loads the
// other's.
func dekker(w *check.World) {
	const count = 300_000
	x := shared(w, page, 0, "first", "second")
	l := w.Litmus(x[0].Process(), x[1].Process())
	w.Step("each stores to its own word and then loads the other's, %d times at the same moment", count)
	l.Dekker(x[0], x[1], count)
	l.Note()
}
