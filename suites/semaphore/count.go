package semaphore

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/section"
)

func count(w *check.World) {
	n := permits(w, 3)
	s := share(w, n, "first", "second", "third", "fourth")
	w.Step("the value is %d: as many waits come through, and no more", n)
	for i := range n {
		w.Must(s[i%4].Wait(subject.Forever), "wait %d at an initial value of %d", i+1, n)
	}
	zero(w, s[3], "after as many waits")
	call := s[0].BeginWait(subject.Forever)
	call.Blocks(atZero)
	post(w, s[1])
	section.Granted(w, call, waited)
	zero(w, s[2], "after a post and a wait")
	w.Step("all processes wait and post at full speed, and count how many are inside")
	for range n {
		post(w, s[1])
	}
	scratch := w.Scratch(0)
	var works []*check.Work
	for _, x := range s {
		works = append(works, x.BeginPermits(n, check.Steps{Count: steps(w, 4000), Scratch: scratch, Wait: subject.Forever}))
	}
	section.Right(works)
	worth(w, s[0], int(n), "after all have posted what they took")
	w.Step("two processes post and two wait at full speed")
	transfer(w, s, w.Scratch(0), steps(w, 4000), subject.Forever)
	zero(w, s[0], "after as many waits as posts")
}

// linearizable has three processes work at the same time and decides, from when the
// kit began each operation and when its answer arrived, whether they can be
// explained by operations that happen one at a time. These times are earlier and
// later than the true ones, which hides a fault now and then and never shows one
// where there is none.
func linearizable(w *check.World) {
	const rounds = 150
	initial := permits(w, 2)
	s := share(w, initial, "first", "second", "third")
	w.Step("what is posted can be taken at once, by any process")
	other := semaphore(w, "apart", 0, []*check.Process{s[0].Process(), s[1].Process()})
	for i := range rounds {
		post(w, other[i%2])
		if err := other[(i+1)%2].Wait(subject.Never); err != nil {
			w.Must(err, "a try at value 1, begun after the post had returned")
		}
	}
	w.Step("three processes try and post at once, %d times each", rounds)
	began := time.Now()
	clock := func() int64 { return int64(time.Since(began)) + 1 } // 0 is no time of a history's
	logs := make([]*history.Log, len(s))
	for i := range logs {
		logs[i] = new(history.Log)
	}
	mine := make([]int, len(s)) // permits that each has taken
	for range rounds {
		calls, ops := make([]*check.Call, len(s)), make([]history.Op, len(s))
		for i, x := range s {
			ops[i] = history.Op{Kind: history.Wait, Inv: clock()}
			if mine[i] > 0 && w.Rand.IntN(2) == 0 {
				ops[i].Kind = history.Post
				mine[i]--
				calls[i] = x.BeginPost()
			} else {
				calls[i] = x.BeginWait(subject.Never)
			}
		}
		for i, c := range calls {
			_, err := c.Return()
			ops[i].Ret = clock()
			switch kind := subject.KindOf(err); {
			case ops[i].Kind == history.Post:
				w.Must(err, "posting")
			case kind == subject.Timeout:
				ops[i].Status = history.Failed
			default:
				w.Must(err, "a try")
				mine[i]++
			}
			logs[i].Ops = append(logs[i].Ops, ops[i])
		}
	}
	h := history.New(logs...)
	verdict := linear.Semaphore{Initial: int(initial)}.Check(h)
	if verdict.Outcome == linear.Violation {
		w.Fail("%s", verdict.Reason)
	}
	w.Note("%d operations by %d processes", h.Len(), len(s))
}

func overflow(w *check.World) {
	p, q := w.Process("first"), w.Process("second")
	claimed := w.Claims().Profiles.Semaphore.Maximum
	for i, maximum := range []int64{int64(claimed.Min), int64(claimed.Max)} {
		name := w.ObjectName(fmt.Sprintf("max%d", i))
		w.Step("a semaphore one below its largest value, %d", maximum)
		a, err := p.CreateSemaphore(name, maximum-1, maximum)
		w.Must(err, "creating a semaphore of value %d and at most %d", maximum-1, maximum)
		b, err := q.OpenSemaphore(name)
		w.Must(err, "opening it")
		post(w, a)
		for range 3 {
			for _, x := range []*check.Semaphore{a, b} {
				w.Refused(x.Post(), []subject.Kind{subject.Full}, "a post at the largest value, %d,", maximum)
			}
		}
		w.Step("the value is what it was")
		w.Must(b.Wait(subject.Never), "a try at the largest value")
		post(w, a)
		w.Refused(a.Post(), []subject.Kind{subject.Full}, "a post at the largest value, %d,", maximum)
		if maximum <= 100 {
			worth(w, b, int(maximum), "after posts that were refused")
		}
		w.Must(b.Detach(), "detaching")
		w.Must(a.Detach(), "detaching")
		w.Must(a.Unlink(), "unlinking")
	}
}
