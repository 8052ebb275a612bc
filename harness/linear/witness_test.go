package linear

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/history"
)

var pictures = flag.String("pictures", "", "write the pictures of known violations to this `directory`")

// run is a history of one operation a thread.
func run(ops ...history.Op) *history.History {
	d := &draft{}
	for _, o := range ops {
		d.add(o)
	}
	return d.history()
}

func op(k history.Kind, value uint64, inv, ret int64) history.Op {
	o := history.Op{Kind: k, Value: value, Inv: inv, Ret: ret}
	if k == history.Add {
		o.Aux = 1
	}
	return o
}

func with(o history.Op, s history.Status) history.Op {
	o.Status = s
	return o
}

// sections of a lock, one thread each: lock inv, lock ret, unlock inv, unlock ret.
func sectionsOf(times ...[4]int64) *history.History {
	h := new(history.History)
	for i, t := range times {
		h.Logs = append(h.Logs, history.NewLog(uint32(i), []history.Op{
			op(history.Lock, 0, t[0], t[1]), op(history.Unlock, 0, t[2], t[3]),
		}))
	}
	return h
}

// Known violations: what is said of each, how many operations prove it, and
// whether porcupine can certify them.
var known = []struct {
	name      string
	check     Checker
	h         *history.History
	reason    string
	steps     int
	certified Certificate
}{
	{"fifo-order", FIFO{}, run(op(history.Send, 1, 100, 148), op(history.Send, 2, 154, 243), op(history.Send, 3, 300, 301),
		op(history.Receive, 2, 1632, 1745), op(history.Receive, 1, 1755, 1775)),
		"A was in the queue before B was sent, yet B came out before any receive of A began", 4, Certified},
	{"fifo-loss", FIFO{}, run(op(history.Send, 1, 100, 148), op(history.Send, 2, 154, 243), op(history.Receive, 2, 1632, 1745)),
		"B came out, and A never did", 3, Certified},
	{"fifo-twice", FIFO{}, run(op(history.Send, 1, 100, 148), op(history.Receive, 1, 150, 200), op(history.Receive, 1, 160, 220)),
		"sent once and received twice", 3, Certified},
	{"fifo-unsent", FIFO{}, run(op(history.Send, 1, 100, 148), op(history.Receive, 1, 50, 60)), "before its send began", 2, Certified},
	{"fifo-nowhere", FIFO{}, run(op(history.Receive, 7<<32, 50, 60)), "was never sent", 1, Certified},
	{"fifo-refused", FIFO{}, run(with(op(history.Send, 1, 10, 20), history.Full), op(history.Receive, 1, 50, 60)), "although its send had failed: full", 2, Certified},
	{"fifo-empty", FIFO{}, run(op(history.Send, 5, 10, 20), op(history.Send, 1, 100, 148), with(op(history.Receive, 0, 200, 220), history.Empty), op(history.Receive, 5, 150, 160), op(history.Receive, 1, 300, 310)),
		"reported empty although it held something all the time", 3, Certified},
	{"fifo-corrupt", FIFO{}, run(op(history.Send, 1, 10, 20), with(op(history.Receive, 1, 30, 40), history.Corrupt)), "checksum", 1, NotApplicable},
	{"priority-order", Priority{}, run(
		history.Op{Kind: history.Send, Value: 1, Aux: 1, Inv: 10, Ret: 20}, history.Op{Kind: history.Send, Value: 2, Aux: 9, Inv: 12, Ret: 22},
		history.Op{Kind: history.Send, Value: 3, Aux: 5, Inv: 12, Ret: 22},
		op(history.Receive, 1, 30, 40), op(history.Receive, 2, 50, 60), op(history.Receive, 3, 70, 80)), "values came out of order", 4, Certified},
	{"bounded-overfull", Bounded{Capacity: 2}, &history.History{Logs: []*history.Log{
		history.NewLog(0, []history.Op{op(history.Send, 0, 10, 20), op(history.Send, 1, 30, 40), op(history.Send, 2, 50, 60)}),
		history.NewLog(1, []history.Op{op(history.Receive, 0, 70, 80)})}}, "A was put before B was taken", 2, NotApplicable},
	{"bounded-full", Bounded{Capacity: 2}, run(op(history.Send, 0, 10, 20), with(op(history.Send, 1, 30, 40), history.Full), op(history.Receive, 0, 70, 80)),
		"at most 1 of its 2 places", 1, NotApplicable},
	{"register-stale", Register{}, run(op(history.Write, 1, 10, 20), op(history.Write, 2, 30, 40), op(history.Read, 2, 32, 38), op(history.Read, 1, 50, 60)),
		"A was current from before B to after B", 3, Certified},
	{"register-torn-order", Register{}, run(op(history.Write, 1, 10, 20), op(history.Write, 2, 15, 30), op(history.Read, 1, 40, 50), op(history.Read, 2, 60, 70), op(history.Read, 1, 80, 90)),
		"A and B were each the current value", 4, Certified},
	{"register-two-swaps", Register{}, func() *history.History {
		a, b := history.NewLog(0, []history.Op{op(history.Swap, 1, 10, 30)}), history.NewLog(1, []history.Op{op(history.Swap, 2, 15, 35)})
		a.Expected, b.Expected = []uint64{0}, []uint64{0}
		return &history.History{Logs: []*history.Log{a, b}}
	}(), "both swapped in for the same value", 2, Certified},
	{"register-initial", Register{}, run(op(history.Write, 1, 10, 20), op(history.Read, 0, 50, 60)), "initial value", 2, Certified},
	{"register-nowhere", Register{}, run(op(history.Read, 9, 10, 20)), "was never written: 0x9", 1, Certified},
	{"counter-lost", Counter{}, run(op(history.Add, 0, 10, 20), op(history.Add, 0, 15, 30)), "one of them was lost", 2, Certified},
	{"counter-order", Counter{}, run(op(history.Add, 1, 10, 20), op(history.Add, 0, 30, 40)), "began after", 2, Certified},
	{"counter-range", Counter{}, run(op(history.Add, 7, 10, 20), op(history.Add, 0, 30, 40)), "something else changed the value", 1, NotApplicable},
	{"mutex-two", Mutex{}, sectionsOf([4]int64{10, 20, 50, 60}, [4]int64{15, 30, 70, 80}), "two owners at once", 4, Certified},
	{"mutex-try", Mutex{}, func() *history.History {
		h := sectionsOf([4]int64{10, 20, 30, 40})
		h.Logs = append(h.Logs, history.NewLog(1, []history.Op{with(op(history.Lock, 0, 50, 60), history.Failed)}))
		return h
	}(), "although the lock was free", 2, NotApplicable},
	{"rwlock-two", RWLock{}, func() *history.History {
		h := sectionsOf([4]int64{10, 20, 50, 60}, [4]int64{15, 30, 70, 80})
		h.Logs[1].Ops[0].Kind, h.Logs[1].Ops[1].Kind = history.LockRead, history.UnlockRead
		return h
	}(), "a reader and a writer at once", 4, Certified},
	{"semaphore-overdrawn", Semaphore{Initial: 1}, run(op(history.Wait, 0, 10, 20), op(history.Wait, 0, 30, 40), op(history.Post, 0, 50, 60)),
		"2 waits had returned, with 1 permits at the start and 0 posts begun", 3, NotApplicable},
	{"semaphore-try", Semaphore{}, run(op(history.Post, 0, 10, 20), with(op(history.Wait, 0, 30, 40), history.Failed)), "permits were available", 2, NotApplicable},
	{"rendezvous-early", Rendezvous{}, run(op(history.Send, 1, 10, 20), op(history.Receive, 1, 30, 40)), "did not wait for its receiver", 2, NotApplicable},
	{"rendezvous-unmet", Rendezvous{}, run(op(history.Send, 1, 10, 20)), "A was never received", 1, NotApplicable},
	{"snapshot-torn", Snapshot{}, run(op(history.Write, 1, 10, 20), with(op(history.Read, 1, 30, 40), history.Corrupt)), "torn", 1, NotApplicable},
	{"snapshot-future", Snapshot{}, run(op(history.Write, 1, 50, 60), op(history.Read, 1, 30, 40)), "before its write began", 2, Certified},
	{"snapshot-stale", Snapshot{Fresh: true}, run(op(history.Write, 1, 10, 20), op(history.Read, 0, 30, 40)), "initial value", 2, Certified},
}

func TestKnownViolations(t *testing.T) {
	for _, k := range known {
		t.Run(k.name, func(t *testing.T) {
			v := k.check.Check(k.h)
			if v.Outcome != Violation || !strings.Contains(v.Reason, k.reason) {
				t.Fatalf("%v: %q, expected %q", v.Outcome, v.Reason, k.reason)
			}
			if n := len(v.Witness.Steps); n != k.steps {
				t.Errorf("%d operations, expected %d\n%s", n, k.steps, v.Witness.Text())
			}
			if c := v.Witness.Certify(time.Minute); c != k.certified {
				t.Errorf("%s, expected %s\n%s", c, k.certified, v.Witness.Text())
			}
			wellFormed(t, v.Witness.SVG())
			if *pictures != "" {
				if err := os.WriteFile(filepath.Join(*pictures, k.name+".svg"), []byte(v.Witness.SVG()), 0o644); err != nil {
					t.Fatal(err)
				}
				t.Log("\n" + v.Witness.Text())
			}
		})
	}
}

// What is allowed although it looks odd.
func TestKnownInnocents(t *testing.T) {
	slow := with(op(history.Receive, 0, 200, 220), history.Empty)
	for _, k := range []struct {
		name  string
		check Checker
		h     *history.History
		want  Outcome
	}{
		{"relaxed empty beside a send", FIFO{Relaxed: true}, run(op(history.Send, 1, 10, 20), slow, op(history.Send, 2, 210, 230)), Allowed},
		{"strict empty beside a send", FIFO{}, run(op(history.Send, 1, 10, 20), slow, op(history.Send, 2, 210, 230)), Violation},
		{"relaxed empty alone", FIFO{Relaxed: true}, run(op(history.Send, 1, 10, 20), slow), Violation},
		{"relaxed full beside a send", Bounded{Capacity: 2, Relaxed: true}, run(with(op(history.Send, 9, 10, 20), history.Full), op(history.Send, 1, 12, 30), op(history.Receive, 1, 40, 50)), Allowed},
		{"relaxed try beside another", Mutex{Relaxed: true}, run(with(op(history.Lock, 0, 10, 20), history.Failed), with(op(history.Lock, 0, 15, 25), history.Failed)), Allowed},
		{"strict try beside another", Mutex{}, run(with(op(history.Lock, 0, 10, 20), history.Failed), with(op(history.Lock, 0, 15, 25), history.Failed)), Violation},
		{"relaxed read try", RWLock{Relaxed: true}, run(with(op(history.LockRead, 0, 10, 20), history.Failed)), Violation},
		{"relaxed wait try", Semaphore{Initial: 1, Relaxed: true}, run(with(op(history.Wait, 0, 10, 20), history.Failed), op(history.Post, 0, 15, 25)), Allowed},
		{"timeout means nothing", FIFO{}, run(op(history.Send, 1, 10, 20), with(op(history.Receive, 0, 30, 40), history.Timeout)), Allowed},
		{"pending send, delivered", FIFO{}, run(op(history.Send, 1, 10, 0), op(history.Receive, 1, 30, 40)), Allowed},
		{"pending send, lost", FIFO{}, run(op(history.Send, 1, 10, 0), with(op(history.Receive, 0, 30, 40), history.Empty)), Allowed},
		{"send of unknown end, delivered", FIFO{}, run(with(op(history.Send, 1, 10, 20), history.Unknown), op(history.Receive, 1, 30, 40)), Allowed},
		{"one missing, one receive unheard", FIFO{}, run(op(history.Send, 1, 10, 20), op(history.Send, 2, 30, 40), op(history.Receive, 2, 50, 60), op(history.Receive, 0, 15, 0)), Inconclusive},
		{"two missing, one receive unheard", FIFO{}, run(op(history.Send, 1, 10, 20), op(history.Send, 3, 21, 22), op(history.Send, 2, 30, 40), op(history.Receive, 2, 50, 60), op(history.Receive, 0, 15, 0)), Violation},
		{"lock of a dead owner", Mutex{}, run(op(history.Lock, 0, 10, 20), op(history.Lock, 0, 30, 40)), Allowed},
		{"a receive inside its send", Rendezvous{}, run(op(history.Send, 1, 10, 50), op(history.Receive, 1, 20, 30)), Allowed},
		{"a receiver that died", Rendezvous{}, run(op(history.Send, 1, 10, 50), op(history.Receive, 0, 20, 0)), Inconclusive},
		{"stale but whole", Snapshot{}, run(op(history.Write, 1, 10, 20), op(history.Read, 0, 30, 40)), Allowed},
		{"not a queue", FIFO{}, run(op(history.Read, 1, 10, 20)), Inconclusive},
		{"sent twice by the workload", FIFO{}, run(op(history.Send, 1, 10, 20), op(history.Send, 1, 30, 40)), Inconclusive},
		{"scattered values", FIFO{}, run(op(history.Send, 1<<63, 10, 20), op(history.Send, 1<<31, 30, 40), op(history.Receive, 1<<63, 50, 60)), Allowed},
		{"scattered values out of order", FIFO{}, run(op(history.Send, 1<<63, 10, 20), op(history.Send, 1<<31, 30, 40), op(history.Receive, 1<<31, 50, 60)), Violation},
		{"adding different numbers", Counter{}, run(history.Op{Kind: history.Add, Aux: 1, Inv: 10, Ret: 20}, history.Op{Kind: history.Add, Aux: 2, Value: 1, Inv: 30, Ret: 40}), Inconclusive},
		{"nothing", FIFO{}, run(), Allowed},
	} {
		if v := k.check.Check(k.h); v.Outcome != k.want {
			t.Errorf("%s: %v (%s), expected %v", k.name, v.Outcome, v.Reason, k.want)
		}
	}
}

func TestTextKeepsTheOrderOfTime(t *testing.T) {
	v := FIFO{}.Check(known[0].h)
	want := `A was in the queue before B was sent, yet B came out before any receive of A began
  p0 send A   ├───┤                         +0..+48 ns
  p1 send B           ├───┤                 +54..+143 ns
  p3 recv → B                 ├───┤         +1532..+1645 ns
  p4 recv → A                         ├───┤ +1655..+1675 ns
`
	if got := v.Witness.Text(); got != want {
		t.Errorf("got\n%s\nexpected\n%s", got, want)
	}
}

// Priorities decide what had to come first, so the picture shows them.
func TestPicturesTellPriorities(t *testing.T) {
	for _, k := range known {
		if k.name != "priority-order" {
			continue
		}
		text := k.check.Check(k.h).Witness.Text()
		if !strings.Contains(text, "send A, priority 1 ") || !strings.Contains(text, ", priority 9 ") && !strings.Contains(text, ", priority 5 ") {
			t.Errorf("priorities are missing:\n%s", text)
		}
	}
}

func TestPicturesAreEscaped(t *testing.T) {
	w := &Witness{Reason: `<script>alert("A & B")</script>`, Steps: []Step{{Op: op(history.Send, 1, 10, 0), Name: "<b>"}}}
	svg := w.SVG()
	wellFormed(t, svg)
	if strings.Contains(svg, "<script") || strings.Contains(svg, "<b>") {
		t.Error("markup got through")
	}
	if !strings.Contains(w.Text(), "never returned") {
		t.Errorf("a pending operation is shown as\n%s", w.Text())
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v\n%s", err, svg)
		}
	}
}
