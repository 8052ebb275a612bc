package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// runs is how many are simulated of each machine.
func runs() int {
	if testing.Short() {
		return 2_000
	}
	return 20_000
}

// A tally counts the outcomes of simulated runs.
type tally struct {
	runs, passed, failed, differed, missed int
	rounds                                 []int // until decided
}

// simulate has so many runs on a machine, of a promise of claim where ratio is true.
func simulate(m machine, runs int, claim, ratio float64) tally {
	r := rand.New(rand.NewPCG(13, uint64(ratio*1e6)))
	t := tally{runs: runs}
	for range runs {
		e := NewEvidence(claim)
		m.run(r, ratio, Horizon, func(subject, baseline float64) bool {
			e.Add(subject, baseline)
			return e.Decision() == Open
		})
		switch e.Decision() {
		case Pass:
			t.passed++
		case Fail:
			t.failed++
		}
		if e.Decision() != Open {
			t.rounds = append(t.rounds, len(e.logs))
		}
		if e.Differs() {
			t.differed++
		}
		if low, _, high := e.Interval(); low > ratio || high > 0 && high < ratio {
			t.missed++
		}
	}
	slices.Sort(t.rounds)
	return t
}

// within reports whether so many of the runs are no more than a rate of alpha, but
// for chance: four standard deviations.
func (t tally) within(count int, alpha float64) bool {
	n := float64(t.runs)
	return float64(count) <= alpha*n+4*math.Sqrt(alpha*n)
}

func (t tally) percent(count int) float64 { return 100 * float64(count) / float64(t.runs) }

// Of a program against itself, the hardest case: both error rates are what they are
// said to be, and the interval covers the truth, on every machine.
func TestErrorRates(t *testing.T) {
	for _, m := range machines {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			got := simulate(m.machine, runs(), 1, 1)
			t.Logf("passed %.2f%%, failed %.3f%%, differed %.2f%%, outside of the interval %.2f%%",
				got.percent(got.passed), got.percent(got.failed), got.percent(got.differed), got.percent(got.missed))
			if !got.within(got.passed, AlphaPass) || !got.within(got.failed, AlphaFail) {
				t.Errorf("passed %.2f%%, want at most 1%%; failed %.3f%%, want at most 0.1%%", got.percent(got.passed), got.percent(got.failed))
			}
			if !got.within(got.differed, 2*AlphaPass) || !got.within(got.missed, AlphaPass+AlphaFail) {
				t.Errorf("differed from itself in %.2f%%, outside of the interval in %.2f%%", got.percent(got.differed), got.percent(got.missed))
			}
		})
	}
}

// A baseline that is noisier loses more than half of the rounds: its promise holds as
// it is worded, and must not be failed.
func TestNoisyBaselineFailsNothing(t *testing.T) {
	m := machine{calm: 0.05, drift: 0.05, burst: 0.03, height: math.Log(2), spike: 0.02, noisy: 0.3}
	if got := simulate(m, runs(), 1, 1); !got.within(got.failed, AlphaFail) {
		t.Errorf("failed %.3f%%", got.percent(got.failed))
	}
}

// What is true and what is false is decided, and at what cost in rounds.
func TestPower(t *testing.T) {
	for _, m := range machines {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			n := runs() / 10
			twice, half, far := simulate(m.machine, n, 1, 2), simulate(m.machine, n, 2, 1), simulate(m.machine, n, 100, 2)
			median := twice.rounds[len(twice.rounds)/2]
			t.Logf("2 of 1: passed %.1f%%, median of %d rounds; 1 of 2: failed %.1f%%; 2 of 100: failed %.1f%%",
				twice.percent(twice.passed), median, half.percent(half.failed), far.percent(far.failed))
			if twice.percent(twice.passed) < 95 || twice.failed > 0 {
				t.Errorf("twice as good as claimed: passed %.1f%%, failed %d", twice.percent(twice.passed), twice.failed)
			}
			if half.percent(half.failed) < 95 || half.passed > 0 || far.failed != far.runs {
				t.Errorf("half as good as claimed: failed %.1f%%, passed %d; 2 where 100 are claimed: failed %d of %d", half.percent(half.failed), half.passed, far.failed, far.runs)
			}
			if most := map[bool]int{false: 14, true: 40}[m.name == "very slow launches"]; median > most {
				t.Errorf("a promise that is exceeded twice takes %d rounds, want at most %d", median, most)
			}
		})
	}
}

// Each part of a round's design is needed: without it a program differs from itself.
func TestRoundNeedsItsDesign(t *testing.T) {
	order := machine{calm: 0.03, second: 0.05}
	launches := machine{calm: 0.03, launch: 0.3, launched: math.Log(1.3)}
	places := machine{calm: 0.03, crooked: 0.3}
	for _, c := range []struct {
		name           string
		with, without  machine
		passed, failed float64 // least percentage of runs without it
	}{
		{"random order", order, machine{calm: order.calm, second: order.second, fixedOrder: true}, 99, 0},
		{"fresh launches", launches, machine{calm: 0.03, launch: 0.3, launched: math.Log(1.3), oneLaunch: true}, 15, 15},
		{"exchange of processors", places, machine{calm: 0.03, crooked: 0.3, noExchange: true}, 0, 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			with, without := simulate(c.with, runs(), 1, 1), simulate(c.without, runs()/10, 1, 1)
			t.Logf("without: passed %.1f%%, failed %.1f%%; with: passed %.2f%%, failed %.3f%%",
				without.percent(without.passed), without.percent(without.failed), with.percent(with.passed), with.percent(with.failed))
			if without.percent(without.passed) < c.passed || without.percent(without.failed) < c.failed {
				t.Errorf("without it, passed %.1f%% and failed %.1f%%: the model shows no need of it", without.percent(without.passed), without.percent(without.failed))
			}
			if !with.within(with.passed, AlphaPass) || !with.within(with.failed, AlphaFail) {
				t.Errorf("with it, passed %.2f%%, failed %.3f%%", with.percent(with.passed), with.percent(with.failed))
			}
		})
	}
}
