package performance

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// How many messages are counted: so many that the bound would have been reached that
// often, for as long as that.
const (
	expectedCalls = 20
	fewMessages   = 2000
	mostMessages  = 400_000
	countingTime  = 15 * time.Second
	perTurn       = 4096 // at most, of one process before the other
)

// alphaCount is the chance at which a count is no evidence any more.
const alphaCount = 0.001

var syscalls = gauge{name: "system calls for each message", unit: "calls/message", what: measure.OneWay, read: countCalls}

// A turn has the processes move n messages, so that none waits for another where the
// object allows that.
type turn struct {
	processes []*check.Counted
	most      int64
	move      func(n int64, seed uint64)
}

// countCalls counts the system calls of the operations in which messages are moved,
// from outside, after one turn in which whatever is set up at the first use is.
func countCalls(w *check.World, f measure.Figure, enough float64) reading {
	wanted := int64(min(max(expectedCalls/enough, fewMessages), mostMessages))
	t := messages(w, f)
	w.Step("%d messages pass: what is set up at the first use is not counted", t.most)
	w.Mute(true)
	t.move(t.most, 1<<60)
	for _, p := range t.processes {
		p.Count()
	}
	began := time.Now()
	done := int64(0)
	for round := uint64(1); done < wanted && (done == 0 || time.Since(began) < countingTime); round++ {
		n := min(t.most, wanted-done)
		t.move(n, round<<32)
		done += n
	}
	w.Mute(false)
	w.Step("%d messages pass in turns of %d", done, t.most)
	var calls int64
	var which []string
	for _, p := range t.processes {
		n, made := p.Called(fmt.Sprintf("%d messages", done))
		calls += n
		if n > 0 {
			which = append(which, p.Name()+": "+made)
		}
	}
	low, least := poissonLow(calls), -math.Log(alphaCount)
	r := reading{
		value: float64(calls) / float64(done), low: low / float64(done), high: max(float64(calls), least) / float64(done),
		text: fmt.Sprintf("%d in %d messages", calls, done),
	}
	if calls == 0 {
		r.text = fmt.Sprintf("none in %d messages, so at most %.2g (in 999 of 1000 cases)", done, r.high)
	} else {
		r.text += "; " + strings.Join(which, "; ")
	}
	return r
}

// poissonLow is the least mean of which so many are not surprising: the chance of as
// many is alphaCount.
func poissonLow(n int64) float64 {
	if n == 0 {
		return 0
	}
	if n > 1000 { // where a normal distribution is close
		const sigmas = 3.09
		return float64(n) - sigmas*math.Sqrt(float64(n))
	}
	chance := func(mean float64) float64 { // of n or more
		term, sum := -mean, 0.0 // the logarithm of the chance of none
		for i := range n {
			sum += math.Exp(term)
			term += math.Log(mean / float64(i+1))
		}
		return 1 - sum
	}
	low, high := 0.0, float64(n)
	for range 60 {
		if mid := (low + high) / 2; chance(mid) < alphaCount {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// messages makes the objects of a figure and what moves messages through them.
func messages(w *check.World, f measure.Figure) turn {
	name := w.ObjectName("m")
	if measure.Moves(f.Of) {
		return queueTurns(w, f, name)
	}
	p := w.CountedProcess("process")
	timing := func(n int64, seed uint64) check.Timing {
		return check.Timing{Batch: n, Batches: 1, Seed: seed, Scratch: w.Scratch(0)}
	}
	t := turn{processes: []*check.Counted{p}, most: perTurn}
	switch f.Of {
	case subject.ProfileWord:
		region, err := p.CreateRegion(name, 4096)
		w.Must(err, "making a region")
		t.move = func(n int64, seed uint64) {
			_ = region.Word(0).BeginTimed(protocol.RolePing, 0, check.Timing{Batch: n, Batches: 1, Seed: seed}).Batches()
		}
	case subject.ProfileSemaphore:
		s, err := p.CreateSemaphore(name, 0, w.SemaphoreMaximum(8))
		w.Must(err, "making a semaphore")
		t.move = func(n int64, seed uint64) { _ = s.BeginTimed(protocol.RolePing, s, timing(n, seed)).Batches() }
	case subject.ProfileRWLock:
		l, err := p.CreateRWLock(name)
		w.Must(err, "making a lock")
		t.move = func(n int64, seed uint64) { _ = l.BeginTaking(timing(n, seed)).Batches() }
	default:
		l, err := p.CreateLock(name)
		w.Must(err, "making a lock")
		t.move = func(n int64, seed uint64) { _ = l.BeginTaking(timing(n, seed)).Batches() }
	}
	return t
}

// queueTurns puts as many messages as there is room for, then gets them. Where
// nothing is promised of the room, both processes are at work at the same time, and
// what a wait costs is counted too.
func queueTurns(w *check.World, f measure.Figure, name string) turn {
	facts := w.Queues()
	shape := facts.Shape(perTurn, f.Size)
	room := int64(1)
	if facts.Counted {
		room = min(facts.Usable(shape.Capacity), perTurn)
	} else if f.Of != subject.ProfileLink {
		facts.Max = f.Size
		room = min(facts.Usable(shape.Capacity), perTurn)
	}
	sender, receiver := w.CountedProcess("sender"), w.CountedProcess("receiver")
	put, err := sender.CreateQueue(name, shape)
	w.Must(err, "making %q", name)
	get, err := receiver.OpenQueue(name)
	w.Must(err, "opening %q", name)
	t := turn{processes: []*check.Counted{sender, receiver}, most: room}
	alone := room >= 8
	if !alone {
		t.most = perTurn
	}
	t.move = func(n int64, seed uint64) {
		timing := check.Timing{Batch: n, Batches: 1, Size: f.Size, Seed: seed}
		stream := put.BeginTimed(protocol.RoleStream, nil, timing)
		if alone {
			stream.Batches()
		}
		drain := get.BeginTimed(protocol.RoleDrain, nil, timing)
		check.All(stream, drain)
	}
	return t
}
