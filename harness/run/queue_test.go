package run

import (
	"slices"
	"sync"
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
)

// Whatever the number of runners, each spec is taken by exactly one of them.
func TestQueueGivesEachSpecOnce(t *testing.T) {
	const specs = 500
	for runners := 1; runners <= 5; runners++ {
		queue, err := newQueue(specs)
		if err != nil {
			t.Fatal(err)
		}
		taken := make([][]int, runners)
		var wait sync.WaitGroup
		for r := range runners {
			wait.Go(func() {
				d := newDispatch(int(queue.Fd()))
				for i := range specs {
					if d.mine() {
						taken[r] = append(taken[r], i)
					}
				}
			})
		}
		wait.Wait()
		queue.Close()
		all := slices.Concat(taken...)
		slices.Sort(all)
		for i := range specs {
			if len(all) != specs || all[i] != i {
				t.Fatalf("%d runners took %d specs of %d, or one of them twice: %v", runners, len(all), specs, all)
			}
		}
	}
	if _, err := newQueue(queueMaximum + 1); err == nil {
		t.Error("more specs were taken than a pipe is known to hold")
	}
}

// What measures time runs beside nothing else, load after what needs none, what
// waits takes no turn, and no check is lost.
func TestPhases(t *testing.T) {
	var s Selection
	for _, k := range catalogue.Kinds {
		s.Checks = append(s.Checks, catalogue.Check{Requirement: "REG-SIZE", Profile: "region", Kind: k})
	}
	waits := catalogue.Check{Requirement: "NET-CUT", Profile: "network", Kind: catalogue.Behaviour, Waits: true}
	s.Checks = append(s.Checks, waits)
	calm, load, beside, lonely := s.phases()
	if len(calm)+len(load)+2 != len(s.Checks) || len(load) != 1 || load[0].Kind != catalogue.Stress || len(beside) != 1 || beside[0] != waits || len(lonely) != 1 || lonely[0].Kind != catalogue.Performance {
		t.Errorf("without load %v, with load %v, beside %v, alone %v", calm, load, beside, lonely)
	}
}
