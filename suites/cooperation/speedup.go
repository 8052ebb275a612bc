package cooperation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
)

const (
	tasks        = 240 // of a computation
	mostWorkers  = 4
	alternations = 3 // that may decide
	attempts     = 8 // where those do not decide

	regionOfTasks = 256 // bytes: the number of the next task, and at resultAt the sum
	resultAt      = 128
)

// speedUp has worker processes search for primes. They share the work and the
// result through two words of a region. Beside it, in turn, one process does all
// of it in the same way; and all do it without sharing anything, which shows what
// this host gives to so many processes at all.
func speedUp(w *check.World) {
	claimed := claimedEfficiency(w)
	k := min(w.Cores(), mostWorkers)
	if k < 2 {
		w.Skip("one processor core: nothing can be done at the same time")
	}
	b := newBench(w, k)
	// The efficiencies of each alternation: as low as it may have been, where all
	// that disturbed the one is taken off its time, and as high.
	var low, high []float64
	for len(low) < attempts {
		one, apart, all := b.run(1, true), b.run(k, false), b.run(k, true)
		low = append(low, one.least().Seconds()/all.took.Seconds()/float64(k))
		high = append(high, max(one.took.Seconds()/float64(k), apart.took.Seconds())/all.least().Seconds())
		w.Step("one process: %v; %d processes: %v, and without sharing %v; efficiency %.2f to %.2f", one, k, all, apart, low[len(low)-1], high[len(high)-1])
		if len(low) >= alternations && (median(low) >= claimed || slices.Max(high) < claimed) {
			break
		}
	}
	if best := slices.Max(high); best < claimed {
		w.Fail("%d processes are %.2f times as fast as one at best: an efficiency of %.2f, where %.2f is claimed", k, best*float64(k), best, claimed)
	}
	typical := median(low)
	figures := fmt.Sprintf("at least %.2f times as fast with %d processes: efficiency %.2f (%.2f to %.2f in %d alternations), claimed %.2f",
		typical*float64(k), k, typical, slices.Min(low), slices.Max(low), len(low), claimed)
	if typical < claimed {
		w.Skip("this host does not give %d processors, or not evenly: %s", k, figures)
	}
	w.Note("%s", figures)
}

func median(figures []float64) float64 {
	return slices.Sorted(slices.Values(figures))[len(figures)/2]
}

// claimedEfficiency is what the claims promise. They do so where this is checked,
// against one process that does all, and claim the words that share the work: the
// catalogue's conditions and baselines say that they have to.
func claimedEfficiency(w *check.World) float64 {
	for _, p := range w.Claims().Performance {
		if p.Requirement == "COOP-SPEEDUP" {
			return p.AtLeast
		}
	}
	return 0
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

// A lap is one measured computation.
type lap struct {
	took    time.Duration // from when all were there to when the last task was done
	delayed time.Duration // the longest that a worker waited for a processor
	taken   time.Duration // the most that the host kept for itself
}

func (l lap) String() string {
	return fmt.Sprintf("%v (%v waiting for a processor)", l.took.Round(time.Millisecond), l.delayed.Round(time.Millisecond))
}

// least is what it may have taken on a host that does nothing else.
func (l lap) least() time.Duration { return max(l.took-l.delayed-l.taken, 1) }

// run has so many of the workers do all tasks, by sharing them or apart, and
// checks the result.
func (b *bench) run(k int, sharing bool) lap {
	w := b.w
	next, result := b.regions[0].Word(0), b.regions[0].Word(resultAt)
	w.Must(next.Store(0), "setting the number of the next task")
	w.Must(result.Store(0), "setting the result")
	scratch := w.Scratch(tasks)
	before, host := make([]time.Duration, k), w.Taken()
	var work []*check.Work
	for i := range k {
		before[i] = b.workers[i].Delayed()
	}
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
	var l lap
	began, ended := uint64(1<<63), uint64(0)
	for i, x := range work {
		own := scratch.Of(x.Index)
		began, ended = min(began, own.Began.Load()), max(ended, own.Ended.Load())
		l.delayed = max(l.delayed, b.workers[i].Delayed()-before[i])
	}
	l.took, l.taken = time.Duration(ended-began), w.Taken().Since(host)
	found, err := result.Load()
	w.Must(err, "reading the result")
	if undone := strings.Count(string(scratch.Marks()), "\x00"); sharing && found != b.want || undone > 0 {
		w.Fail("%d processes find %d primes, and one alone %d; %d tasks were left undone", k, found, b.want, undone)
	}
	return l
}
