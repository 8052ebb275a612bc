package queue

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/subject"
)

// underLoad gives the check of a buffer or mailbox by one checker, which gets
// the usable capacity, 0 where it is not counted in items, and whether the
// subject claims to be relaxed.
func underLoad(checker func(capacity int, relaxed bool) linear.Checker) func(*check.World) {
	return func(w *check.World) {
		q := &trial{w: w, facts: w.Queues(), checker: checker}
		if q.facts.Max < history.SmallestNamed {
			w.Skip("items of %d bytes cannot be told apart: the least that can be named has %d", q.facts.Max, history.SmallestNamed)
		}
		load.Run(w, load.Trial{Begin: q.begin, End: q.end, Check: q.check, Unrecorded: q.unrecorded})
	}
}

// These are decided by histories recorded under load.
var (
	FIFOUnderLoad   = underLoad(func(_ int, relaxed bool) linear.Checker { return linear.FIFO{Relaxed: relaxed} })
	LinearUnderLoad = underLoad(func(capacity int, relaxed bool) linear.Checker {
		if capacity < 1 {
			return linear.FIFO{Relaxed: relaxed}
		}
		return linear.Bounded{Capacity: capacity, Relaxed: relaxed}
	})
	NoLossUnderLoad        = underLoad(func(_ int, relaxed bool) linear.Checker { return linear.Delivery{Loss: true, Relaxed: relaxed} })
	NoDupUnderLoad         = underLoad(func(int, bool) linear.Checker { return linear.Delivery{} })
	ProducerOrderUnderLoad = underLoad(func(int, bool) linear.Checker { return linear.Producers{} })
)

type trial struct {
	w       *check.World
	facts   check.QueueFacts
	checker func(capacity int, relaxed bool) linear.Checker

	queues    []*check.Queue // of this round: producers first
	consumers int
	capacity  int64 // usable items, where they are counted
}

func (q *trial) check(r *load.Round) linear.Checker {
	return q.checker(int(q.capacity), q.facts.Relaxed)
}

// begin draws the shape of the round and starts it.
func (q *trial) begin(r *load.Round) {
	rand := r.Rand
	producers, consumers := 1, 1
	if q.w.Profile() != "buffer.one-to-one" {
		producers, consumers = 1+rand.IntN(3), 1+rand.IntN(3)
		if r.Number == 1 { // a check may have time for no other
			producers, consumers = max(producers, 2), max(consumers, 2)
		}
	}
	low, high := q.sizes(r)
	shape := q.facts.Shape([]int64{1, 2, 3, 7, 64}[rand.IntN(5)], high)
	if r.Number == 1 { // with room for all: none sleeps, and those of one side meet
		shape = q.facts.Shape(64, high)
	}
	if q.facts.Counted {
		q.capacity = q.facts.Usable(shape.Capacity)
	}
	think := []time.Duration{0, 0, 2 * time.Microsecond, 100 * time.Microsecond}[rand.IntN(4)]
	tries := []int64{0, 0, 30, 90}[rand.IntN(4)]
	if r.Number == 1 {
		think, tries = 0, 0
	}
	slow, steps := r.Number%7 == 5, r.Count
	r.Shape = fmt.Sprintf("%d put, %d get, capacity %d, items of %s, %d %% without waiting, thinking up to %v", producers, consumers, shape.Capacity, check.Bytes(low, high), tries, think)
	if slow {
		steps = max(steps/20, 50)
		r.Slow("the consumers of round %d think up to 2ms", r.Number)
	}
	q.attach(r, shape, producers+consumers)
	q.consumers = consumers
	r.Steps = steps
	total := steps * int64(producers)
	for i := consumers - 1; i >= 0; i-- {
		x := r.Load(q.queues[0].GetRole(), producers+i)
		x.Count = total / int64(consumers)
		if i == 0 {
			x.Count += total % int64(consumers)
		}
		x.Tries, x.Think, x.SizeMin, x.SizeMax = tries, think, low, high
		if slow {
			x.Think = 2 * time.Millisecond
		}
		r.Recorded(q.queues[producers+i].Record(x))
	}
	for i := range producers {
		x := r.Load(q.queues[0].PutRole(), i)
		x.Count = steps
		x.Tries, x.Think, x.SizeMin, x.SizeMax = tries, think, low, high
		r.Recorded(q.queues[i].Record(x))
	}
}

// sizes draws what sizes items have in a round.
func (q *trial) sizes(r *load.Round) (low, high int64) {
	rand := r.Rand
	least := max(q.facts.Min, history.SmallestNamed)
	high = max(q.facts.Size([]int64{8, 16, 24, 100, 1000}[rand.IntN(5)]), least)
	low = high
	if rand.IntN(2) == 0 {
		low = min(high, max(least, high/2))
	}
	if high >= history.SmallestSummed { // not half of them without a checksum
		low = min(high, max(low, history.SmallestSummed))
	}
	return low, high
}

// attach makes the queue and gives each process a handle.
func (q *trial) attach(r *load.Round, shape check.QueueShape, processes int) {
	q.queues = check.Share(q.w, r.Name("q"), r.Processes(processes), func(p *check.Process, name string) (*check.Queue, error) {
		return p.CreateQueue(name, shape)
	}, (*check.Process).OpenQueue)
	r.Cleanup(func() {
		for _, x := range q.queues {
			q.w.Must(x.Detach(), "detaching")
		}
		q.w.Must(r.Process(0).UnlinkQueue(q.queues[0].Name), "unlinking the queue")
	})
}

// end has one consumer look after all workloads have ended: nothing must be there.
func (q *trial) end(r *load.Round) {
	last := len(q.queues) - 1
	x := r.Load(q.queues[last].GetRole(), last)
	x.Count, x.Wait, x.SizeMin, x.SizeMax = 1<<12, subject.Never, 16, 16
	drain := q.queues[last].Record(x)
	if stuck := q.w.Ended([]*check.Recording{drain}); stuck != "" {
		q.w.Timeout("a get without waiting, on a queue that no other process uses: %s", stuck)
	}
	drain.Broken()
	r.Recorded(drain)
}

// unrecorded moves items from one process to another and compares them.
func (q *trial) unrecorded(r *load.Round) int64 {
	rand := q.w.Rand
	high := q.facts.Size([]int64{8, 16, 24, 100, 1000}[rand.IntN(5)])
	shape := q.facts.Shape([]int64{1, 2, 3, 7, 64}[rand.IntN(5)], high)
	q.attach(r, shape, 2)
	b := check.Bulk{Count: r.Count, SizeMin: max(q.facts.Min, high/2), SizeMax: high, Seed: rand.Uint64()}
	q.w.Step("round %d: %d items of %s through a capacity of %d", r.Number, b.Count, check.Bytes(b.SizeMin, b.SizeMax), shape.Capacity)
	get, put := q.queues[1].BeginGetAll(b), q.queues[0].BeginPutAll(b)
	get.AllRight(b)
	put.AllRight(b)
	return 2 * r.Count
}
