package measure

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/ipckit/ipckit/harness/check"
)

// An Entry is a contestant that is measured beside others, and what of it. Its slots
// measure all of its figures with one launch.
type Entry struct {
	Meter Meter
	Costs [][]float64 // of each figure, by round; a NaN of a round in which it was out
	Fell  *check.Fall // how it failed, which ended its part; nil: it did not
}

// A Bench measures many contestants next to each other in each round, and judges
// none.
type Bench struct {
	Entries    []*Entry
	Processors []int
	Rand       *rand.Rand
	Budget     time.Duration
	Watch      func(rounds int, left time.Duration) // called after each round, or nil
}

// Run runs as many rounds as the budget allows, at most [Horizon]. With an error, the
// context's, the entries have the rounds before it.
func (b *Bench) Run(ctx context.Context) (rounds int, err error) {
	lineup := Lineup{Processors: b.Processors, Rand: b.Rand}
	for _, e := range b.Entries {
		e.Costs = make([][]float64, len(e.Meter.Figures))
		lineup.Slots = append(lineup.Slots, e.slot)
	}
	began, longest := time.Now(), time.Duration(0)
	for rounds < Horizon && b.standing() > 0 {
		start := time.Now()
		if rounds > 0 && start.Sub(began)+longest > b.Budget {
			break
		}
		costs, err := lineup.Round(ctx)
		if err != nil {
			return rounds, err
		}
		for i, e := range b.Entries {
			for f := range e.Costs {
				c := math.NaN()
				if costs[i] != nil {
					c = costs[i][f]
				}
				e.Costs[f] = append(e.Costs[f], c)
			}
		}
		rounds++
		longest = max(longest, time.Since(start))
		if b.Watch != nil {
			spent := time.Since(began)
			b.Watch(rounds, max(min(b.Budget-spent, spent/time.Duration(rounds)*time.Duration(Horizon-rounds)), 0))
		}
	}
	return rounds, nil
}

// standing is how many entries have not failed.
func (b *Bench) standing() (n int) {
	for _, e := range b.Entries {
		if e.Fell == nil {
			n++
		}
	}
	return n
}

// slot measures the entry, and takes it out where it fails: the others go on.
func (e *Entry) slot(ctx context.Context, processors []int) ([]float64, error) {
	if e.Fell != nil {
		return nil, nil
	}
	costs, err := e.Meter.Slot(ctx, processors)
	if errors.As(err, &e.Fell) {
		return nil, nil
	}
	return costs, err
}

// Against is the evidence that one is more than a ratio as good as another, from the
// rounds in which both were measured.
func Against(ratio float64, costs, baseline []float64) *Evidence {
	e := NewEvidence(ratio)
	for i := range min(len(costs), len(baseline)) {
		if !math.IsNaN(costs[i]) && !math.IsNaN(baseline[i]) {
			e.Add(costs[i], baseline[i])
		}
	}
	return e
}

// Absolute is the middle of some costs with the interval that the rounds leave
// possible for it; an end that they do not give yet is 0.
func Absolute(costs []float64) (low, middle, high float64) {
	e := NewEvidence(1)
	for _, c := range costs {
		if !math.IsNaN(c) {
			e.Add(1, c)
		}
	}
	return e.Interval()
}
