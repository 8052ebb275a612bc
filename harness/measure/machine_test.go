package measure

import (
	"math"
	"math/rand/v2"
)

// A machine is a model of the noise that a slot meets. Everything is a logarithm of
// a factor on the cost, but chances and lengths.
type machine struct {
	calm     float64 // standard deviation of what each slot has of its own
	drift    float64 // of a slow wander that all slots share
	slower   float64 // by the end of the run, all of them
	burst    float64 // chance that a burst begins in a slot, on average six slots long
	height   float64 // of the highest burst
	spike    float64 // chance of one slot that is hit alone
	launch   float64 // chance that a launch is a slow one
	launched float64 // by how much
	second   float64 // what the second slot of a round costs more than the first
	tails    float64 // scale of Student's t with two degrees of freedom
	noisy    float64 // what three in ten slots of the baseline cost more, about
	crooked  float64 // what the process on the first processor costs more while something runs there

	// What the design of a round provides against these, where it is left out.
	fixedOrder, oneLaunch, noExchange bool
}

// run gives a run's rounds, one after the other, until more is satisfied: costs of a
// subject and of a baseline that is so many times as dear.
func (m machine) run(r *rand.Rand, ratio float64, rounds int, add func(subject, baseline float64) (more bool)) {
	wander, left, height := r.NormFloat64()*m.drift, false, 0.0
	chance := func(p float64) bool { return p > 0 && r.Float64() < p }
	launch := func() float64 {
		if chance(m.launch) {
			return m.launched
		}
		return 0
	}
	ofSubject, ofBaseline := launch(), launch()
	slot := func() float64 {
		wander = 0.97*wander + 0.243*m.drift*r.NormFloat64()
		if left {
			left = r.IntN(6) > 0
		} else if chance(m.burst) {
			left, height = true, r.Float64()*m.height
		}
		x := wander + m.calm*r.NormFloat64()
		if left {
			x += height * (0.7 + 0.3*r.Float64())
		}
		if chance(m.spike) {
			x += r.ExpFloat64() / 2
		}
		if m.tails > 0 {
			x += math.Abs(m.tails * r.NormFloat64() / math.Sqrt(r.ExpFloat64()))
		}
		return x
	}
	disturbed := 0 // rounds for which something runs on the first processor
	for i := range rounds {
		first, second := slot(), slot()+m.second
		subject, baseline := first, second
		if !m.fixedOrder && r.IntN(2) == 0 {
			subject, baseline = second, first
		}
		if !m.oneLaunch {
			ofSubject, ofBaseline = launch(), launch()
		}
		if m.crooked > 0 {
			if disturbed--; disturbed < 0 && chance(0.03) {
				disturbed = 15
			}
			// The subject's slowest process is the one that runs here, the baseline's
			// the other one: exchanged, it is the other way round.
			if disturbed > 0 && (m.noExchange || r.IntN(2) == 0) {
				subject += m.crooked
			} else if disturbed > 0 {
				baseline += m.crooked
			}
		}
		if chance(0.3) {
			baseline += math.Abs(r.NormFloat64()) * m.noisy
		}
		common := m.slower * float64(i) / float64(rounds)
		if !add(math.Exp(subject+ofSubject+common), ratio*math.Exp(baseline+ofBaseline+common)) {
			return
		}
	}
}

var (
	storm = machine{calm: 0.15, drift: 0.3, burst: 0.08, height: math.Log(6), spike: 0.1, launch: 0.2, launched: math.Log(1.5), second: 0.03}

	machines = []struct {
		name string
		machine
	}{
		{"calm", machine{calm: 0.03}},
		{"wander", machine{calm: 0.03, drift: 0.15}},
		{"slower and slower", machine{calm: 0.03, slower: math.Log(3)}},
		{"bursts", machine{calm: 0.03, drift: 0.05, burst: 0.05, height: math.Log(3), spike: 0.02}},
		{"heavy tails", machine{tails: 0.06}},
		{"slow launches", machine{calm: 0.03, drift: 0.05, spike: 0.02, launch: 0.3, launched: math.Log(1.3)}},
		{"very slow launches", machine{calm: 0.05, drift: 0.05, spike: 0.05, launch: 0.3, launched: math.Log(8)}},
		{"second slot slower", machine{calm: 0.03, drift: 0.05, spike: 0.02, second: 0.05}},
		{"one processor disturbed", machine{calm: 0.03, crooked: 0.3}},
		{"storm", storm},
	}
)
