package linear

import (
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/history"
)

// queueOf is a history of one operation a thread, as a queue's user sees it.
func queueOf(ops ...history.Op) *history.History { return run(ops...) }

func send(v uint64, inv, ret int64) history.Op    { return op(history.Send, v, inv, ret) }
func receive(v uint64, inv, ret int64) history.Op { return op(history.Receive, v, inv, ret) }
func empty(inv, ret int64) history.Op {
	return with(op(history.Receive, 0, inv, ret), history.Empty)
}

func TestWeakerCheckers(t *testing.T) {
	a, b := history.Value(1, 1), history.Value(1, 2)
	other := history.Value(2, 1)
	write := func(v uint64, inv, ret int64) history.Op { return op(history.Write, v, inv, ret) }
	read := func(v uint64, inv, ret int64) history.Op { return op(history.Read, v, inv, ret) }
	for _, x := range []struct {
		name    string
		check   Checker
		h       *history.History
		outcome Outcome
		steps   int
	}{
		{"lost", Delivery{Loss: true}, queueOf(send(a, 1, 2), send(b, 3, 4), receive(b, 5, 6), empty(7, 8)), Violation, 2},
		{"lost, but loss is not checked", Delivery{}, queueOf(send(a, 1, 2), empty(7, 8)), Allowed, 0},
		{"not drained", Delivery{Loss: true}, queueOf(send(a, 1, 2), empty(1, 8)), Inconclusive, 0},
		{"taken by a dead receiver", Delivery{Loss: true}, queueOf(send(a, 1, 2), receive(0, 3, 0), empty(7, 8)), Inconclusive, 0},
		{"more than a dead receiver takes", Delivery{Loss: true}, queueOf(send(a, 1, 2), send(b, 1, 2), receive(0, 3, 0), empty(7, 8)), Violation, 2},
		{"there still, beside a dead receiver", Delivery{Loss: true}, queueOf(empty(1, 2), send(a, 3, 4), send(b, 3, 4), receive(0, 5, 0)), Inconclusive, 0},
		{"found empty beside another, relaxed", Delivery{Loss: true, Relaxed: true}, queueOf(send(a, 1, 2), empty(7, 9), empty(8, 10)), Inconclusive, 0},
		{"twice", Delivery{}, queueOf(send(a, 1, 2), receive(a, 3, 4), receive(a, 5, 6)), Violation, 3},
		{"twice, after refusals", Delivery{}, queueOf(with(send(a, 1, 2), history.Full), with(send(a, 3, 4), history.Full), send(a, 5, 6), receive(a, 7, 8), receive(a, 9, 10)), Violation, 3},
		{"from nowhere", Delivery{}, queueOf(send(b, 1, 2), receive(a, 3, 4)), Violation, 1},
		{"one producer's order", Producers{}, queueOf(send(a, 1, 2), send(b, 3, 4), receive(b, 5, 6), receive(a, 7, 8)), Violation, 4},
		{"two producers' order", Producers{}, queueOf(send(a, 1, 2), send(other, 3, 4), receive(other, 5, 6), receive(a, 7, 8)), Allowed, 0},
		{"stale", Fresh{}, run(write(a, 1, 2), write(b, 3, 4), read(a, 5, 6)), Violation, 3},
		{"initial value, stale", Fresh{}, run(write(a, 1, 2), read(0, 5, 6)), Violation, 2},
		{"two readers beside a write disagree", Fresh{}, run(write(a, 1, 2), write(b, 3, 20), read(b, 5, 6), read(a, 8, 9)), Allowed, 0},
		{"torn", Fresh{}, run(write(a, 1, 2), with(read(a, 5, 6), history.Corrupt)), Violation, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			v := x.check.Check(x.h)
			if v.Outcome != x.outcome {
				t.Fatalf("%v (%s), expected %v", v.Outcome, v.Reason, x.outcome)
			}
			if v.Outcome != Violation {
				return
			}
			if n := len(v.Witness.Steps); n != x.steps {
				t.Errorf("%d operations prove it, expected %d\n%s", n, x.steps, v.Witness.Text())
			}
			if c := v.Witness.Certify(time.Minute); c == Contradicted || c == Undecided {
				t.Errorf("porcupine: %s\n%s", c, v.Witness.Text())
			}
		})
	}
}

// Three values overlap in a series while a receive finds the queue empty: it
// takes six operations to prove that, and a picture of six is none.
func TestLongProofsAreShortPictures(t *testing.T) {
	h := queueOf(
		send(1, 1, 2), receive(1, 20, 21),
		send(2, 10, 11), receive(2, 40, 41),
		send(3, 30, 31), receive(3, 60, 61),
		empty(5, 50),
	)
	v := FIFO{}.Check(h)
	if v.Outcome != Violation {
		t.Fatalf("%v: %s", v.Outcome, v.Reason)
	}
	if n, all := len(v.Witness.Steps), v.Witness.Operations(); n != 4 || all != 7 {
		t.Errorf("%d operations pictured of %d, expected 4 of 7\n%s", n, all, v.Witness.Text())
	}
	if c := v.Witness.Certify(time.Minute); c != Certified {
		t.Errorf("porcupine: %s", c)
	}
	seen := false
	for _, s := range v.Witness.Steps {
		seen = seen || s.Op.Status == history.Empty
	}
	if !seen {
		t.Error("what was observed is not in the picture")
	}
}
