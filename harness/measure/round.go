package measure

import (
	"context"
	"math/rand/v2"
	"slices"
)

// A Slot measures one contestant once, in processes that are launched for it and
// kept on the given processors, one for each; nil: they cannot be kept. It gives one
// cost for each figure that it measures, the smaller the better.
type Slot func(ctx context.Context, processors []int) (costs []float64, err error)

// A Lineup is what is measured next to each other in each round.
type Lineup struct {
	Slots      []Slot
	Processors []int // nil: processes cannot be kept on one
	Rand       *rand.Rand
}

// Round measures each slot once: in random order, since the second may have it
// harder than the first, and with the processors exchanged at random, since one of
// them may be disturbed for a while. It gives the costs of each slot in the order of
// the lineup. A slot that fails ends the round.
func (l Lineup) Round(ctx context.Context) ([][]float64, error) {
	processors := slices.Clone(l.Processors)
	if l.Rand.IntN(2) == 1 {
		slices.Reverse(processors)
	}
	costs := make([][]float64, len(l.Slots))
	for _, i := range l.Rand.Perm(len(l.Slots)) {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		var err error
		if costs[i], err = l.Slots[i](ctx, processors); err != nil {
			return nil, err
		}
	}
	return costs, nil
}
