package run

import (
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
)

// Whatever the number of runners, each spec is taken by exactly one of them,
// and none beside one that measures time.
func TestPartsCoverAllSpecs(t *testing.T) {
	kinds := []catalogue.Kind{
		catalogue.Behaviour, catalogue.Performance, catalogue.Behaviour, catalogue.Stress, catalogue.Behaviour,
		catalogue.Behaviour, catalogue.Performance, catalogue.Race, catalogue.Behaviour,
	}
	for jobs := 1; jobs <= 5; jobs++ {
		taken := make([]int, len(kinds))
		parts := []Part{{Of: 1, Alone: true}}
		for i := range jobs {
			parts = append(parts, Part{Index: i, Of: jobs})
		}
		for _, part := range parts {
			take := part.take()
			for i, k := range kinds {
				if !take(k) {
					continue
				}
				taken[i]++
				if alone(k) != part.Alone {
					t.Errorf("%d jobs: %s goes to %+v", jobs, k, part)
				}
			}
		}
		for i, n := range taken {
			if n != 1 {
				t.Errorf("%d jobs: spec %d is taken %d times", jobs, i, n)
			}
		}
	}
}
