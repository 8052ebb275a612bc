package linear

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/ipckit/ipckit/harness/history"
)

var (
	histories = flag.Int("histories", 10_000, "compare so many histories of each object with porcupine")
	seed      = flag.Uint64("seed", 0, "of the histories")
)

// A rival is a kind of object with a generator of small histories of it, right
// and wrong ones, and the sequential object that porcupine checks them against.
// Histories stay small: porcupine's time has a heavy tail.
type rival struct {
	name  string
	check Checker
	exact bool // the checker is complete on all these histories; else on those of which it says so
	draft func(r *rand.Rand) *draft
	model sequential
	// relaxed objects owe no reason for what they observed while another
	// operation was in flight; porcupine is not asked about it.
	relaxed bool
}

const testCapacity = 2

func rivals() []rival {
	killed := func(f func(r *rand.Rand) *draft) func(r *rand.Rand) *draft {
		return func(r *rand.Rand) *draft {
			d := f(r)
			d.kill(4)
			return d
		}
	}
	queues := func(priorities, capacity int, observed bool) func(r *rand.Rand) *draft {
		return func(r *rand.Rand) *draft { return queueDraft(r, priorities, capacity, observed) }
	}
	locks := func(readers, tries bool) func(r *rand.Rand) *draft {
		return func(r *rand.Rand) *draft { return lockDraft(r, readers, tries) }
	}
	registers := func(swaps bool) func(r *rand.Rand) *draft {
		return func(r *rand.Rand) *draft { return registerDraft(r, swaps) }
	}
	semaphores := func(tries bool) func(r *rand.Rand) *draft {
		return func(r *rand.Rand) *draft { return semaphoreDraft(r, tries) }
	}
	counters := func(initial uint64, delta int32) func(r *rand.Rand) *draft {
		return func(r *rand.Rand) *draft { return counterDraft(r, initial, delta) }
	}
	pairs := func(r *rand.Rand) *draft { return pairDraft(r, testCapacity) }
	word := func(initial uint64) sequential { return registerModel(proof{initial: initial}) }
	return []rival{
		{"fifo", FIFO{}, true, queues(1, 0, true), queue(0, false), false},
		{"fifo, killed", FIFO{}, false, killed(queues(1, 0, true)), queue(0, false), false},
		{"fifo, killed, no empties", FIFO{}, true, killed(queues(1, 0, false)), queue(0, false), false},
		{"priority", Priority{}, true, queues(4, 0, true), queue(0, true), false},
		{"priority, killed", Priority{}, false, killed(queues(4, 0, true)), queue(0, true), false},
		{"bounded one-to-one", Bounded{Capacity: testCapacity}, true, pairs, queue(testCapacity, false), false},
		{"bounded one-to-one, killed", Bounded{Capacity: testCapacity}, true, killed(pairs), queue(testCapacity, false), false},
		{"bounded many", Bounded{Capacity: testCapacity}, false, queues(1, testCapacity, true), queue(testCapacity, false), false},
		{"bounded many, killed", Bounded{Capacity: testCapacity}, false, killed(queues(1, testCapacity, true)), queue(testCapacity, false), false},
		{"register", Register{}, true, registers(false), word(0), false},
		{"register, killed", Register{}, true, killed(registers(false)), word(0), false},
		{"register with swaps", Register{}, true, registers(true), word(0), false},
		{"register with swaps, killed", Register{}, true, killed(registers(true)), word(0), false},
		{"counter", Counter{}, true, counters(0, 1), word(0), false},
		{"counter, wrapping", Counter{Initial: 1<<64 - 3}, true, counters(1<<64-3, 1), word(1<<64 - 3), false},
		{"counter, falling", Counter{Initial: 50}, true, counters(50, -7), word(50), false},
		{"counter, killed", Counter{}, true, killed(counters(0, 1)), word(0), false},
		{"fifo, relaxed", FIFO{Relaxed: true}, true, queues(1, 0, true), queue(0, false), true},
		{"priority, relaxed", Priority{Relaxed: true}, true, queues(4, 0, true), queue(0, true), true},
		{"bounded many, relaxed", Bounded{Capacity: testCapacity, Relaxed: true}, false, queues(1, testCapacity, true), queue(testCapacity, false), true},
		{"bounded one-to-one, relaxed", Bounded{Capacity: testCapacity, Relaxed: true}, true, pairs, queue(testCapacity, false), true},
		{"mutex, relaxed", Mutex{Relaxed: true}, false, locks(false, true), rwModel(proof{}), true},
		{"rwlock, relaxed", RWLock{Relaxed: true}, false, locks(true, true), rwModel(proof{}), true},
		{"semaphore, relaxed", Semaphore{Initial: 1, Relaxed: true}, false, semaphores(true), permits(1), true},
		{"mutex, killed", Mutex{}, false, killed(locks(false, true)), rwModel(proof{}), false},
		{"rwlock, killed", RWLock{}, false, killed(locks(true, true)), rwModel(proof{}), false},
		{"mutex", Mutex{}, false, locks(false, true), rwModel(proof{}), false},
		{"rwlock, no tries", RWLock{}, true, locks(true, false), rwModel(proof{}), false},
		{"rwlock", RWLock{}, false, locks(true, true), rwModel(proof{}), false},
		{"semaphore, no tries", Semaphore{Initial: 1}, true, semaphores(false), permits(1), false},
		{"semaphore, no tries, killed", Semaphore{Initial: 1}, true, killed(semaphores(false)), permits(1), false},
		{"semaphore", Semaphore{Initial: 1}, false, semaphores(true), permits(1), false},
		{"fresh", Fresh{}, false, registers(false), word(0), false},
		{"fresh, killed", Fresh{}, false, killed(registers(false)), word(0), false},
		{"delivery", Delivery{Loss: true}, false, queues(1, 0, true), queue(0, false), false},
		{"delivery, killed", Delivery{Loss: true}, false, killed(queues(1, 0, true)), queue(0, false), false},
		{"delivery, relaxed", Delivery{Loss: true, Relaxed: true}, false, queues(1, 0, true), queue(0, false), true},
		{"producers", Producers{}, false, queues(1, 0, true), queue(0, false), false},
		{"producers, killed", Producers{}, false, killed(queues(1, 0, true)), queue(0, false), false},
		{"semaphore, killed", Semaphore{Initial: 2}, false, killed(semaphores(true)), permits(2), false},
	}
}

// TestDifferential compares every checker with porcupine. A complete verdict must
// agree with it; the other checkers must never raise a false alarm, and the
// violations that they miss are counted.
func TestDifferential(t *testing.T) {
	n := *histories
	if testing.Short() {
		n = min(n, 1_000)
	}
	for k, rv := range rivals() {
		t.Run(rv.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(10_000+*seed, uint64(k)))
			var bad, complete, missed, unsure, certified, bare, most int
			for i := range n {
				h := rv.draft(r).history()
				right, v := compare(t, rv, h)
				if t.Failed() {
					t.Fatalf("history %d", i)
				}
				if !right {
					bad++
				}
				if v.Outcome != Inconclusive && v.Complete {
					complete++
				}
				switch {
				case v.Outcome == Inconclusive:
					unsure++
				case v.Outcome == Allowed && !right:
					missed++
				case v.Outcome == Violation && i%4 == 0:
					most = max(most, len(v.Witness.Steps))
					switch c := v.Witness.Certify(10 * time.Second); c {
					case Certified:
						certified++
					case NotApplicable:
						bare++
					default:
						t.Fatalf("history %d: the witness %s\n%s\nof\n%s", i, c, v.Witness.Text(), listing(h))
					}
				}
			}
			t.Logf("%d histories, %d of them wrong: %d missed, %d inconclusive, %d decided for sure; of the witnesses looked at, %d certified, %d by count; at most %d operations",
				n, bad, missed, unsure, complete, certified, bare, most)
		})
	}
}

// compare fails the test if checker and porcupine disagree more than the
// checker's claims allow.
func compare(t testing.TB, rv rival, h *history.History) (right bool, v Verdict) {
	all := steps(h)
	for i := range all {
		all[i].group = all[i].log + 1
	}
	if rv.relaxed {
		all = slices.DeleteFunc(all, func(s Step) bool { return s.Op.Status != history.OK && accompanied(h, &s.Op) })
	}
	v = rv.check.Check(h)
	switch porcupine.CheckOperationsTimeout(rv.model.model(), operations(all), time.Minute) {
	case porcupine.Ok:
		right = true
	case porcupine.Unknown:
		return true, Verdict{Outcome: Inconclusive}
	}
	switch {
	case v.Outcome == Violation && right:
		t.Errorf("false alarm: %s\n%s", v.Reason, listing(h))
	case v.Outcome == Violation && (v.Witness == nil || len(v.Witness.Steps) == 0):
		t.Errorf("no witness: %s\n%s", v.Reason, listing(h))
	case v.Outcome == Allowed && !right && (rv.exact || v.Complete):
		t.Errorf("missed by a checker that is complete\n%s", listing(h))
	case v.Outcome == Allowed && rv.exact && !v.Complete:
		t.Errorf("not complete, but should be\n%s", listing(h))
	case v.Outcome == Inconclusive && rv.exact && !right:
		t.Errorf("inconclusive, though nothing explains it: %s\n%s", v.Reason, listing(h))
	}
	return right, v
}

// accompanied reports whether another operation was in flight during o.
func accompanied(h *history.History, o *history.Op) bool {
	n := 0
	for _, l := range h.Logs {
		for i := range l.Ops {
			if x := &l.Ops[i]; x.Inv <= o.Ret && (x.Ret == 0 || x.Ret >= o.Inv) {
				n++
			}
		}
	}
	return n > 1 // besides itself
}

// TestRendezvousDifferential compares the checker with trying every instant.
func TestRendezvousDifferential(t *testing.T) {
	r := rand.New(rand.NewPCG(8+*seed, 9))
	n, wrong := 2**histories, 0
	for range n {
		d := &draft{r: r}
		right := true
		for v := range uint64(1 + r.IntN(4)) {
			from, to := d.interval(20)
			d.add(history.Op{Kind: history.Send, Inv: from, Ret: to, Value: v})
			if r.IntN(20) == 0 {
				right = false
				continue
			}
			inv, ret := d.interval(20)
			if r.IntN(2) == 0 {
				inv, ret = from, max(ret, from)
			}
			d.add(history.Op{Kind: history.Receive, Inv: inv, Ret: ret, Value: v})
			met := false
			for instant := from; instant <= to; instant++ {
				met = met || inv <= instant && instant <= ret
			}
			right = right && met
		}
		h := d.history()
		if v := (Rendezvous{}).Check(h); (v.Outcome == Allowed) != right {
			t.Fatalf("%v: %s\n%s", v.Outcome, v.Reason, listing(h))
		}
		if !right {
			wrong++
		}
	}
	t.Logf("%d histories, %d of them wrong", n, wrong)
}

func listing(h *history.History) string {
	var b strings.Builder
	for i, l := range h.Logs {
		for k, o := range l.Ops {
			fmt.Fprintf(&b, "  %2d %-8v %3d %-7v %5d..%5d aux %d", i, o.Kind, o.Value, o.Status, o.Inv, o.Ret, o.Aux)
			if l.Expected != nil {
				fmt.Fprintf(&b, " expected %d", l.Expected[k])
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
