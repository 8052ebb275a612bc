package cooperation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/reports"
)

const (
	tasks       = 24 // of a computation
	mostWorkers = 4

	regionOfTasks = 256 // bytes: the number of the next task, and at resultAt the sum
	resultAt      = 128
)

// speedUp has worker processes search for primes. They share the work and the result
// through two words of a region. In each round one process does all of it in the same
// way beside them, twice, which shows whether the round is fair; and all do it without
// sharing anything, which shows what this host gives to so many processes at all.
//
// The promise passes by what they are faster than one process, and fails only where
// they are slower than the host allows.
func speedUp(w *check.World) {
	claim, _ := w.Claim()
	k := min(w.Cores(), mostWorkers)
	if k < 2 {
		w.Skip("one processor core: nothing can be done at the same time")
	}
	m := &reports.Measure{
		Figure: "computation, processor time of all workers", Unit: "ns", Subject: w.Claims().Subject, Baseline: claim.Against, Claim: claim.String(),
	}
	w.Measured(m)
	holds, allowed, again := measure.NewEvidence(claim.Ratio()), measure.NewEvidence(claim.Ratio()), measure.NewEvidence(1)
	why := ""
	w.Mute(true)
	began, round := time.Now(), time.Duration(0)
	for n := 0; holds.Decision() != measure.Pass && allowed.Decision() != measure.Fail && !again.Differs(); n++ {
		start := time.Now()
		if budget := w.Suite().Measuring; n == measure.Horizon || n > 0 && budget > 0 && start.Sub(began)+round > budget {
			why = fmt.Sprintf("not decided after %d rounds in %v: ", n, start.Sub(began).Round(time.Second))
			break
		}
		b := newBench(w, k)
		costs, err := measure.Lineup{Rand: w.Rand, Slots: []measure.Slot{
			b.slot(k, true), b.slot(1, true), b.slot(1, true), b.slot(k, false),
		}}.Round(w.Context())
		if err != nil {
			w.KitError(err)
		}
		b.leave()
		all, one, second, apart := costs[0][0], costs[1][0], costs[2][0], costs[3][0]
		m.Rounds = append(m.Rounds, reports.Round{Subject: all, Baseline: one, Again: second})
		holds.Add(all, one)
		allowed.Add(all, max(one, apart))
		again.Add(second, one)
		round = max(round, time.Since(start))
	}
	w.Mute(false)
	holds.Fill(m)
	_, m.EFail = allowed.EValues()
	above, below := again.EValues()
	m.EAgain = max(above, below)
	low, efficiency, high := holds.Interval()
	figures := fmt.Sprintf("%.2f times as fast with %d processes: efficiency %.2f (%s) in %d rounds, claimed %.2f",
		efficiency*float64(k), k, efficiency, between(low, high), len(m.Rounds), claim.Ratio())
	switch {
	case again.Differs():
		w.Inconclusive("one process alone differs from itself, so rounds are not fair on this machine now: %s", figures)
	case holds.Decision() == measure.Pass:
		w.Note("%s", figures)
	case allowed.Decision() == measure.Fail:
		w.Sure("a promise that holds is failed in 1 of %.0f checks at most, whatever the machine does meanwhile", 1/measure.AlphaFail)
		w.Fail("%s", figures)
	}
	w.Inconclusive("%s%s", why, figures)
}

// between says an interval whose ends may be open.
func between(low, high float64) string {
	switch {
	case low > 0 && high > 0:
		return fmt.Sprintf("%.2f to %.2f", low, high)
	case low > 0:
		return fmt.Sprintf("%.2f or more", low)
	case high > 0:
		return fmt.Sprintf("%.2f or less", high)
	}
	return "of any size"
}

// A bench is the workers and what they share.
type bench struct {
	w       *check.World
	workers []*check.Process
	regions []*check.Region
	want    uint64 // the result
}

func newBench(w *check.World, k int) *bench {
	b := &bench{w: w}
	name := w.ObjectName("tasks")
	for i := range k {
		p := w.CalmProcess(fmt.Sprintf("worker %d", i+1))
		var r *check.Region
		var err error
		if i == 0 {
			r, err = p.CreateRegion(name, regionOfTasks)
		} else {
			r, err = p.OpenRegion(name)
		}
		w.Must(err, "attaching to the region of the tasks by %s", p.Name())
		b.workers, b.regions = append(b.workers, p), append(b.regions, r)
	}
	for n := range uint64(tasks) {
		b.want += protocol.Task(n)
	}
	return b
}

// leave ends the workers, which gives the name of the region free.
func (b *bench) leave() {
	for _, p := range b.workers {
		p.Leave()
	}
	b.w.Forget()
}

// slot has so many of the workers do all tasks, by sharing them or apart. Its cost is
// the time of all workers together, ns.
func (b *bench) slot(k int, sharing bool) measure.Slot {
	return func(context.Context, []int) ([]float64, error) {
		return []float64{float64(k) * float64(b.run(k, sharing))}, nil
	}
}

// run has the workers do all tasks, checks the result, and says how long it took from
// when all were there to when the last task was done.
func (b *bench) run(k int, sharing bool) time.Duration {
	w := b.w
	next, result := b.regions[0].Word(0), b.regions[0].Word(resultAt)
	w.Must(next.Store(0), "setting the number of the next task")
	w.Must(result.Store(0), "setting the result")
	scratch := w.Scratch(tasks)
	var work []*check.Work
	steps := check.Steps{Count: tasks + 1, Scratch: scratch}
	for i := range k {
		if sharing {
			work = append(work, b.regions[i].Word(0).BeginCompute(int64(k), steps))
		} else {
			work = append(work, b.regions[i].BeginComputeApart(int64(k), steps))
		}
	}
	for _, x := range work {
		x.Right()
	}
	began, ended := uint64(1<<63), uint64(0)
	for _, x := range work {
		own := scratch.Of(x.Index)
		began, ended = min(began, own.Began.Load()), max(ended, own.Ended.Load())
	}
	found, err := result.Load()
	w.Must(err, "reading the result")
	if undone := strings.Count(string(scratch.Marks()), "\x00"); sharing && found != b.want || undone > 0 {
		w.Fail("%d processes find %d primes, and one alone %d; %d tasks were left undone", k, found, b.want, undone)
	}
	return time.Duration(ended - began)
}
