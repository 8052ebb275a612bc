package load

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/subject"
)

const forever = subject.Forever

// Queue gives the check of a buffer or mailbox by one checker, which is told
// the usable capacity, 0 where it is not counted in items, and whether the
// subject claims to be relaxed.
func Queue(checker func(capacity int, relaxed bool) linear.Checker) func(*check.World) {
	return func(w *check.World) {
		q := &queueTrial{w: w, facts: w.Queues(), checker: checker}
		if q.facts.Max < history.SmallestNamed {
			w.Skip("items of %d bytes cannot be told apart: the least that can be named has %d", q.facts.Max, history.SmallestNamed)
		}
		run(w, trial{begin: q.begin, end: q.end, check: q.check, unrecorded: q.unrecorded})
	}
}

// FIFO, Linear, NoLoss, NoDup and ProducerOrder are checks of queues.
var (
	FIFO   = Queue(func(_ int, relaxed bool) linear.Checker { return linear.FIFO{Relaxed: relaxed} })
	Linear = Queue(func(capacity int, relaxed bool) linear.Checker {
		if capacity < 1 {
			return linear.FIFO{Relaxed: relaxed}
		}
		return linear.Bounded{Capacity: capacity, Relaxed: relaxed}
	})
	NoLoss        = Queue(func(_ int, relaxed bool) linear.Checker { return linear.Delivery{Loss: true, Relaxed: relaxed} })
	NoDup         = Queue(func(int, bool) linear.Checker { return linear.Delivery{} })
	ProducerOrder = Queue(func(int, bool) linear.Checker { return linear.Producers{} })
)

type queueTrial struct {
	w       *check.World
	facts   check.QueueFacts
	checker func(capacity int, relaxed bool) linear.Checker

	queues    []*check.Queue // of this round: producers first
	consumers int
}

func (q *queueTrial) check(r *round) linear.Checker {
	return q.checker(int(r.capacity), q.facts.Relaxed)
}

// begin draws the shape of the round and starts it.
func (q *queueTrial) begin(r *round) {
	rand := r.rand
	producers, consumers := 1, 1
	if q.w.Profile() != "buffer.one-to-one" {
		producers, consumers = 1+rand.IntN(3), 1+rand.IntN(3)
		if r.number == 1 { // a check may have time for no other
			producers, consumers = max(producers, 2), max(consumers, 2)
		}
	}
	low, high := q.sizes(r)
	shape := q.facts.Shape([]int64{1, 2, 3, 7, 64}[rand.IntN(5)], high)
	if q.facts.Counted {
		r.capacity = q.facts.Usable(shape.Capacity)
	}
	think := []time.Duration{0, 0, 2 * time.Microsecond, 100 * time.Microsecond}[rand.IntN(4)]
	tries := []int64{0, 0, 30, 90}[rand.IntN(4)]
	slow, steps := r.number%7 == 5, r.count
	r.shape = fmt.Sprintf("%d put, %d get, capacity %d, items of %d to %d bytes, %d %% without waiting, thinking up to %v", producers, consumers, shape.Capacity, low, high, tries, think)
	if slow {
		steps = max(steps/20, 50)
		r.faults.Add(fault.Slow, "", "the consumers of round %d think up to 2ms", r.number)
	}
	q.attach(r, shape, producers+consumers)
	q.consumers = consumers
	r.steps = steps
	total := steps * int64(producers)
	for i := consumers - 1; i >= 0; i-- {
		x := r.load(q.queues[0].GetRole(), producers+i)
		x.Count = total / int64(consumers)
		if i == 0 {
			x.Count += total % int64(consumers)
		}
		x.Tries, x.Think, x.SizeMin, x.SizeMax = tries, think, low, high
		if slow {
			x.Think = 2 * time.Millisecond
		}
		r.recorded(q.queues[producers+i].Record(x))
	}
	for i := range producers {
		x := r.load(q.queues[0].PutRole(), i)
		x.Count = steps
		x.Tries, x.Think, x.SizeMin, x.SizeMax = tries, think, low, high
		r.recorded(q.queues[i].Record(x))
	}
}

// sizes draws what sizes items have in a round.
func (q *queueTrial) sizes(r *round) (low, high int64) {
	rand := r.rand
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
func (q *queueTrial) attach(r *round, shape check.QueueShape, processes int) {
	name := r.name("q")
	first, err := r.process(0).CreateQueue(name, shape)
	q.w.Must(err, "creating a queue of capacity %d for items up to %d bytes", shape.Capacity, shape.ItemMax)
	q.queues = []*check.Queue{first}
	for i := 1; i < processes; i++ {
		next, err := r.process(i).OpenQueue(name)
		q.w.Must(err, "opening the queue in process %d", i)
		q.queues = append(q.queues, next)
	}
	r.cleanup = append(r.cleanup, func() {
		for _, x := range q.queues {
			q.w.Must(x.Detach(), "detaching")
		}
		q.w.Must(r.process(0).UnlinkQueue(name), "unlinking the queue")
	})
}

// end lets one consumer take what nobody is left to put: nothing must be there.
func (q *queueTrial) end(r *round) {
	last := len(q.queues) - 1
	x := r.load(q.queues[last].GetRole(), last)
	x.Count, x.Wait, x.SizeMin, x.SizeMax = 1<<12, subject.Never, 16, 16
	drain := q.queues[last].Record(x)
	if stuck := q.w.Ended([]*check.Recording{drain}); stuck != "" {
		q.w.Hang("a get that must not wait, on a buffer that nobody uses: %s", stuck)
	}
	drain.Broken()
	r.recorded(drain)
}

// unrecorded moves items from one process to another and compares them.
func (q *queueTrial) unrecorded(s *session, count int64) int64 {
	rand := q.w.Rand
	high := q.facts.Size([]int64{8, 16, 24, 100, 1000}[rand.IntN(5)])
	shape := q.facts.Shape([]int64{1, 2, 3, 7, 64}[rand.IntN(5)], high)
	r := s.newRound()
	q.attach(r, shape, 2)
	b := check.Bulk{Count: count, SizeMin: max(q.facts.Min, high/2), SizeMax: high, Seed: rand.Uint64()}
	q.w.Step("round %d: %d items of %d to %d bytes through a capacity of %d", r.number, b.Count, b.SizeMin, b.SizeMax, shape.Capacity)
	get, put := q.queues[1].BeginGetAll(b), q.queues[0].BeginPutAll(b)
	get.AllRight(b)
	put.AllRight(b)
	r.cleanup[0]()
	return 2 * count
}
