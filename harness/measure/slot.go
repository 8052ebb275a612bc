package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// How the steps of a slot are timed. A batch is long enough for the clock and short
// enough to fit between two disturbances; the lowest of the batches is the value.
const (
	batches     = 20
	batchLength = time.Millisecond
	warmBatches = 2

	tries     = 5       // batches by which the length of a batch is found
	shortest  = 8       // steps, of the first of them
	mostSteps = 1 << 20 // of a batch
)

// A Meter measures figures of one contestant.
type Meter struct {
	Arena      check.Arena
	Contestant check.Contestant
	Figures    []Figure
	Fell       bool // the last slot ended with a *check.Fall

	found []found // of each figure, in the first slot
	turn  uint64  // of workloads so far, so that no two have the same items
}

// found is what the first slot finds out of a figure.
type found struct {
	steps int64 // of a batch
	step  time.Duration
}

// Slot launches the contestant's processes, keeps them on the processors, and
// measures one figure after the other. It is a [Slot]; errors are those of
// [check.Arena.Act].
func (m *Meter) Slot(ctx context.Context, processors []int) ([]float64, error) {
	if m.found == nil {
		m.found = make([]found, len(m.Figures))
	}
	costs := make([]float64, len(m.Figures))
	err := m.Arena.Act(ctx, m.Contestant, m.Figures[0].Of, func(w *check.World) {
		w.IgnoreLeftovers()
		var crew []*check.Process
		n := 0
		for _, f := range m.Figures {
			n = max(n, f.Processes())
		}
		for i := range n {
			p := w.CalmProcess(fmt.Sprintf("process %d", i+1))
			if processors != nil {
				p.PinWhole(processors[i%len(processors)])
			}
			crew = append(crew, p)
		}
		for i, f := range m.Figures {
			w.As(f.Of, func() {
				w.Step("%s", f)
				costs[i] = m.figure(w, crew[:f.Processes()], i)
			})
		}
		for _, p := range crew {
			p.Leave()
		}
	})
	m.Fell = errors.As(err, new(*check.Fall))
	return costs, err
}

// A course is what two or more processes do, so many steps in batches, and gives the
// batches of those that time them.
type course func(batch, batches, warm int64) [][]time.Duration

// figure measures one, with batches of a length that is found first, once.
func (m *Meter) figure(w *check.World, crew []*check.Process, i int) float64 {
	f, name := m.Figures[i], fmt.Sprintf("%d", i)
	if m.found[i].steps == 0 {
		run, _ := m.course(w, crew, f, name+"-first", found{step: time.Second})
		m.found[i] = m.found[i].with(search(run))
	}
	run, window := m.course(w, crew, f, name, m.found[i])
	batch := m.found[i].steps
	group := (window + batch - 1) / batch // batches that are a window together
	cost := f.cost(run(batch, max(batches, 2*group), warmBatches*batch), batch, group)
	m.found[i] = m.found[i].with(cost)
	return cost
}

// search finds the cost of a step, ns, with more and more steps.
func search(run course) float64 {
	for n := int64(shortest); ; n *= 8 {
		took := slices.Min(run(n, tries, 0)[0])
		if took >= batchLength/5 || n >= mostSteps {
			return float64(took) / float64(n)
		}
	}
}

// with has a batch be long enough for the lowest cost that was ever seen, since the
// first one may have been a bad moment's.
func (x found) with(cost float64) found {
	if step := time.Duration(max(cost, 1)); x.steps == 0 || step < x.step {
		return found{min(max(int64(batchLength/step), 1), mostSteps), step}
	}
	return x
}

// cost is that of a step, ns: in the lowest window of so many batches. Where several
// processes do the same at the same time, or pairs of them, it is that of all
// together: how long until any of them has done one. What a process does alone, while
// others are kept from it, must not decide then, so it is the middle window.
func (f Figure) cost(timed [][]time.Duration, batch, group int64) float64 {
	rate := 0.0
	for _, t := range timed {
		windows := sums(t, int(group))
		at := 0
		if len(timed) > 1 {
			at = len(windows) / 2
		}
		rate += float64(batch*group) / float64(windows[at])
	}
	return 1 / rate
}

// sums gives the sums of so many neighbours each, in ascending order.
func sums(list []time.Duration, group int) (all []time.Duration) {
	var sum time.Duration
	for i, d := range list {
		sum += d
		if i >= group {
			sum -= list[i-group]
		}
		if i >= group-1 {
			all = append(all, sum)
		}
	}
	slices.Sort(all)
	return all
}

func (f Figure) String() string {
	s := "round trip of "
	switch {
	case f.What == OneWay && Moves(f.Of):
		s = "stream of "
	case f.What == OneWay:
		s = "contended "
	}
	s += f.Of
	if Moves(f.Of) {
		s += ", " + check.Bytes(f.Size, f.Size)
	}
	if f.Pairs > 1 {
		s += fmt.Sprintf(", %d pairs", f.Pairs)
	}
	return s
}

// course makes the objects of a figure. Batches are looked at in windows of so many
// steps at least.
func (m *Meter) course(w *check.World, crew []*check.Process, f Figure, name string, x found) (run course, window int64) {
	switch {
	case Moves(f.Of) && f.What == RoundTrip:
		return m.pingPong(w, crew, f, name), 1
	case Moves(f.Of):
		return m.stream(w, crew, f, name, x.step)
	case f.Of == subject.ProfileSemaphore:
		return m.semaphores(w, crew, name), 1
	case f.Of == subject.ProfileWord:
		return m.words(w, crew, f, name), 1
	}
	return m.locks(w, crew, f, name), 1
}

// Capacities of the queues, items. A queue that takes long for a message gains
// nothing by being deep, and would have to be timed for long.
const (
	fewItems  = 16
	slowItems = 256
	fastItems = 4096
	leastItem = 8
	room      = 4 << 20 // bytes
	slow      = time.Microsecond
)

// queue makes one in a process and opens it in another.
func queue(w *check.World, from, to *check.Process, name string, shape check.QueueShape) (put, get *check.Queue) {
	name = w.ObjectName(name)
	put, err := from.CreateQueue(name, shape)
	w.Must(err, "making %q by %s", name, from.Name())
	get, err = to.OpenQueue(name)
	w.Must(err, "opening %q by %s", name, to.Name())
	return put, get
}

func (m *Meter) timing(size, batch, batches, warm int64) check.Timing {
	m.turn++
	return check.Timing{Batch: batch, Batches: batches, Warm: warm, Size: size, Seed: m.turn << 40}
}

func (m *Meter) pingPong(w *check.World, crew []*check.Process, f Figure, name string) course {
	shape := w.Queues().Shape(fewItems, f.Size)
	there, atPong := queue(w, crew[0], crew[1], name+"-there", shape)
	back, toPing := (*check.Queue)(nil), (*check.Queue)(nil) // a link has both directions
	if f.Of != subject.ProfileLink {
		back, toPing = queue(w, crew[1], crew[0], name+"-back", shape)
	} else {
		back, toPing = atPong, there
	}
	return func(batch, batches, warm int64) [][]time.Duration {
		t := m.timing(f.Size, batch, batches, warm)
		pong := back.BeginTimed(protocol.RolePong, atPong, t)
		ping := there.BeginTimed(protocol.RolePing, toPing, t)
		check.All(ping, pong)
		return [][]time.Duration{ping.Batches()}
	}
}

// stream has a window of several times what the queue holds: a receiver that is
// given what has long been sent must not be timed alone.
func (m *Meter) stream(w *check.World, crew []*check.Process, f Figure, name string, step time.Duration) (course, int64) {
	items := int64(fastItems)
	if step >= slow {
		items = slowItems
	}
	facts := w.Queues()
	facts.Max = f.Size // of all items: where bytes are counted, there is room for so many of these
	shape := facts.Shape(min(max(room/max(f.Size, 1), leastItem), items), f.Size)
	var puts, gets []*check.Queue
	for i := 0; i < len(crew); i += 2 {
		put, get := queue(w, crew[i], crew[i+1], fmt.Sprintf("%s-%d", name, i), shape)
		puts, gets = append(puts, put), append(gets, get)
	}
	return func(batch, batches, warm int64) (timed [][]time.Duration) {
		t := m.timing(f.Size, batch, batches, warm)
		var all, drains []*check.Timed
		for i := range puts {
			drains = append(drains, gets[i].BeginTimed(protocol.RoleDrain, nil, t))
		}
		for i := range puts {
			all = append(all, puts[i].BeginTimed(protocol.RoleStream, nil, t))
		}
		check.All(append(all, drains...)...)
		for _, d := range drains {
			timed = append(timed, d.Batches())
		}
		return timed
	}, 4 * held(facts, shape.Capacity, f.Size)
}

// held is how many items of a size a queue may hold, as its claims say.
func held(f check.QueueFacts, capacity, size int64) int64 {
	if f.Counted {
		return f.Usable(capacity)
	}
	return max(capacity/max(size, 1), 1)
}

func (m *Meter) semaphores(w *check.World, crew []*check.Process, name string) course {
	var posts, waits [2]*check.Semaphore
	for i := range 2 {
		object := w.ObjectName(fmt.Sprintf("%s-%d", name, i))
		var err error
		posts[i], err = crew[i].CreateSemaphore(object, 0, w.SemaphoreMaximum(1<<10))
		w.Must(err, "making %q by %s", object, crew[i].Name())
		waits[1-i], err = crew[1-i].OpenSemaphore(object)
		w.Must(err, "opening %q by %s", object, crew[1-i].Name())
	}
	return func(batch, batches, warm int64) [][]time.Duration {
		t := m.timing(0, batch, batches, warm)
		t.Scratch = w.Scratch(0)
		ping := posts[0].BeginTimed(protocol.RolePing, waits[0], t)
		pong := posts[1].BeginTimed(protocol.RolePong, waits[1], t)
		check.All(ping, pong)
		return [][]time.Duration{ping.Batches()}
	}
}

// apart is how far two words lie from each other, bytes, so that they share nothing.
const apart = 128

func (m *Meter) words(w *check.World, crew []*check.Process, f Figure, name string) course {
	object := w.ObjectName(name)
	regions := make([]*check.Region, len(crew))
	for i, p := range crew {
		var err error
		if i == 0 {
			regions[i], err = p.CreateRegion(object, 4096)
		} else {
			regions[i], err = p.OpenRegion(object)
		}
		w.Must(err, "making or opening %q by %s", object, p.Name())
	}
	if f.What == OneWay {
		word, before := regions[0].Word(0), uint64(0)
		return m.together(w, crew, func(i int, t check.Timing) *check.Timed {
			return regions[i].Word(0).BeginTimed(protocol.RoleCount, 0, t)
		}, func(sum uint64, _ *check.Scratch) {
			v, err := word.Load()
			w.Must(err, "reading the word")
			if v-before != sum {
				w.Fail("%d processes added 1 to a word %d times, and it became %d more", len(crew), sum, v-before)
			}
			before = v
		})
	}
	return func(batch, batches, warm int64) [][]time.Duration {
		t := m.timing(0, batch, batches, warm)
		pong := regions[1].Word(apart).BeginTimed(protocol.RolePong, 0, t)
		ping := regions[0].Word(0).BeginTimed(protocol.RolePing, apart, t)
		check.All(ping, pong)
		return [][]time.Duration{ping.Batches()}
	}
}

func (m *Meter) locks(w *check.World, crew []*check.Process, f Figure, name string) course {
	object := w.ObjectName(name)
	takers := make([]interface {
		BeginTaking(check.Timing) *check.Timed
	}, len(crew))
	for i, p := range crew {
		var err error
		switch rw := f.Of == subject.ProfileRWLock; {
		case rw && i == 0:
			takers[i], err = p.CreateRWLock(object)
		case rw:
			takers[i], err = p.OpenRWLock(object)
		case i == 0:
			takers[i], err = p.CreateLock(object)
		default:
			takers[i], err = p.OpenLock(object)
		}
		w.Must(err, "making or opening %q by %s", object, p.Name())
	}
	return m.together(w, crew, func(i int, t check.Timing) *check.Timed { return takers[i].BeginTaking(t) },
		func(sum uint64, s *check.Scratch) {
			if s.Counter() != sum {
				w.Fail("%d processes added %d times to a plain counter, each with the lock held, and it is %d: they were inside at the same time", len(crew), sum, s.Counter())
			}
		})
}

// together has all processes do the same at the same time; right compares the sum of
// what they did with what came of it.
func (m *Meter) together(w *check.World, crew []*check.Process, begin func(i int, t check.Timing) *check.Timed, right func(sum uint64, s *check.Scratch)) course {
	return func(batch, batches, warm int64) (timed [][]time.Duration) {
		t := m.timing(0, batch, batches, warm)
		t.Scratch, t.Processes = w.Scratch(0), int64(len(crew))
		var all []*check.Timed
		for i := range crew {
			all = append(all, begin(i, t))
		}
		check.All(all...)
		var sum uint64
		for i, x := range all {
			timed = append(timed, x.Batches())
			sum += t.Scratch.Of(i).Passes.Load()
		}
		right(sum, t.Scratch)
		return timed
	}
}
