package performance_test

import (
	"context"
	"math"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/performance"
)

// What is counted of the reference, and of the reference with what costs more of it.
func TestWhatIsCounted(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	for _, x := range []struct {
		gauge, how, of string
		least, most    float64
	}{
		{"syscalls", "", subject.ProfileOneToOne, 0, 0},
		{"syscalls", "calls", subject.ProfileOneToOne, 1, 1.05},
		{"syscalls", "", subject.ProfileSemaphore, 0, 0},
		{"memory", "", subject.ProfileOneToOne, 4096, 200_000},
		{"memory", "leaks", subject.ProfileOneToOne, leak, 2 * leak},
		{"memory", "", subject.ProfileSemaphore, 0, 100_000},
		{"idle", "", subject.ProfileOneToOne, 0, 5000},
		{"idle", "polls", subject.ProfileOneToOne, 5001, math.Inf(1)},
		{"idle", "", subject.ProfileSemaphore, 0, 5000},
	} {
		t.Run(x.gauge+" "+x.how+" "+x.of, func(t *testing.T) {
			t.Parallel()
			claims := cheat(x.how).Claims
			claims.Normalise()
			c := check.Contestant{Name: "counted", Claims: claims, Launcher: agent.Self(x.how)}
			err := check.Arena{}.Act(context.Background(), c, x.of, func(w *check.World) {
				w.IgnoreLeftovers()
				f := measure.Figure{What: measure.OneWay, Of: x.of, Size: 64}
				low, value, high, text := performance.Read(x.gauge, w, f, 0.01)
				if value < x.least || value > x.most || low > value || value > high && x.gauge != "idle" || text == "" {
					t.Errorf("%g (%g to %g), want %g to %g; %s", value, low, high, x.least, x.most, text)
				}
				t.Log(value, text)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// None seen in N is no proof of none: the lower end of a count is where as many are
// seen in 1 of 1000 cases.
func TestCountsAreNotOverrated(t *testing.T) {
	for _, n := range []int64{1, 2, 10, 100, 900, 1001, 50_000} {
		low := performance.PoissonLow(n)
		term, below := -low, 0.0 // the logarithm of the chance of none
		for i := int64(0); i < n; i++ {
			below += math.Exp(term)
			term += math.Log(low) - math.Log(float64(i+1))
		}
		if chance := 1 - below; chance < 0.0005 || chance > 0.0015 {
			t.Errorf("%d or more of a mean of %g have the chance %g", n, low, chance)
		}
	}
	if low := performance.PoissonLow(0); low != 0 {
		t.Errorf("none: %g", low)
	}
}
