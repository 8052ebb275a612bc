package run

import (
	"slices"
	"sync"
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
)

// Whatever the number of runners, each spec is taken by exactly one of them.
func TestDeckIsDealtOutOnce(t *testing.T) {
	const specs = 500
	for runners := 1; runners <= 5; runners++ {
		deck, err := newDeck(specs)
		if err != nil {
			t.Fatal(err)
		}
		taken := make([][]int, runners)
		var wait sync.WaitGroup
		for r := range runners {
			wait.Go(func() {
				h := hand{deck: int(deck.Fd()), taken: -1}
				for i := range specs {
					if h.mine() {
						taken[r] = append(taken[r], i)
					}
				}
			})
		}
		wait.Wait()
		deck.Close()
		all := slices.Concat(taken...)
		slices.Sort(all)
		for i := range specs {
			if len(all) != specs || all[i] != i {
				t.Fatalf("%d runners took %d specs of %d, or one of them twice: %v", runners, len(all), specs, all)
			}
		}
	}
	if _, err := newDeck(maxDealt + 1); err == nil {
		t.Error("more specs were taken than a pipe is known to hold")
	}
}

// What measures time runs beside nothing else, and all of a plan is in one part.
func TestPartsCoverAllKinds(t *testing.T) {
	for _, k := range catalogue.Kinds {
		plan := Plan{Kinds: catalogue.Kinds}
		together := plan.take(k)
		plan.Part.Alone = true
		if lonely := plan.take(k); lonely == together || lonely != (k == catalogue.Performance) {
			t.Errorf("%s: taken by the runners together: %v, by the one alone: %v", k, together, lonely)
		}
	}
}
