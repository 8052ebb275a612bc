package measure

import (
	"math"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// The integral that eValue has a closed form of: the capital of a gambler that bets
// on a win with probability p, over p between ½ and 1.
func TestEValueIsTheMeanOfTheGamblers(t *testing.T) {
	for _, c := range [][2]int{{0, 0}, {1, 1}, {7, 7}, {5, 7}, {0, 7}, {20, 30}, {80, 120}, {30, 120}} {
		const steps = 200_000
		want := 0.0
		for i := range steps {
			p := 0.5 + 0.5*(float64(i)+0.5)/steps
			want += math.Pow(2*p, float64(c[0])) * math.Pow(2*(1-p), float64(c[1]-c[0])) / steps
		}
		if got := eValue(c[0], c[1]); math.Abs(got/want-1) > 1e-6 {
			t.Errorf("%d wins in %d rounds: %g, want %g", c[0], c[1], got, want)
		}
	}
}

// The mean of the next e-value, where a win is as likely as not, is not above this
// one: what Ville's inequality needs.
func TestEValueIsASupermartingale(t *testing.T) {
	for n := range Horizon {
		for k := range n + 1 {
			if now, next := eValue(k, n), (eValue(k, n+1)+eValue(k+1, n+1))/2; next > now*(1+1e-12) {
				t.Errorf("%d wins in %d rounds: %g, and on average %g after the next", k, n, now, next)
			}
			if 2*k <= n && eValue(k, n) > 1 {
				t.Errorf("%d wins in %d rounds are %g, but half of the rounds are evidence of nothing", k, n, eValue(k, n))
			}
			if k > 0 && eValue(k, n) <= eValue(k-1, n) {
				t.Errorf("%d wins in %d rounds are no more than %d", k, n, k-1)
			}
		}
	}
}

func TestWinsNeeded(t *testing.T) {
	for _, c := range []struct {
		alpha        float64
		rounds, wins int
	}{
		{AlphaFail, 12, 13}, {AlphaFail, 13, 13}, {AlphaFail, 20, 19}, {AlphaFail, 40, 33}, {AlphaFail, 60, 46}, {AlphaFail, 120, 83},
		{AlphaPass, 8, 9}, {AlphaPass, 9, 9}, {AlphaPass, 13, 13}, {AlphaPass, 20, 18}, {AlphaPass, 60, 44}, {AlphaPass, 120, 80},
	} {
		if got := winsNeeded(c.rounds, c.alpha); got != c.wins {
			t.Errorf("%d rounds at %g need %d wins, want %d", c.rounds, c.alpha, got, c.wins)
		}
	}
}

// The exact chance that half-chance rounds ever reach a decision, over all their
// courses up to the horizon.
func TestErrorRatesExactly(t *testing.T) {
	for _, alpha := range []float64{AlphaPass, AlphaFail} {
		alive, decided := []float64{1}, 0.0 // chance of so many wins, undecided
		for n := 1; n <= Horizon; n++ {
			next := make([]float64, n+1)
			for k, p := range alive {
				next[k] += p / 2
				next[k+1] += p / 2
			}
			for k := winsNeeded(n, alpha); k <= n; k++ {
				decided, next[k] = decided+next[k], 0
			}
			alive = next
		}
		if decided > alpha || decided < alpha/4 {
			t.Errorf("decided with probability %g, want at most %g and not much less", decided, alpha)
		}
	}
}

func TestEvidenceDecidesAndStays(t *testing.T) {
	e := NewEvidence(1.5)
	for range 9 {
		if e.Decision() != Open || e.Supports() != 0 {
			t.Fatal("decided before nine rounds")
		}
		e.Add(10, 20)
	}
	if pass, fail := e.EValues(); e.Decision() != Pass || !e.Differs() || math.Round(pass*10) != 1023 || fail > 1 {
		t.Errorf("nine wins: %v with e-values %g and %g", e.Decision(), pass, fail)
	}
	if low, median, high := e.Interval(); math.Abs(low-2) > 1e-9 || math.Abs(median-2) > 1e-9 || high != 0 {
		t.Errorf("nine times 2: interval %g, %g, %g", low, median, high)
	}
	if s := e.Supports(); s != 1.99 {
		t.Errorf("nine times 2 support %g, want 1.99", s)
	}
	for range 100 {
		e.Add(20, 10)
	}
	if e.Decision() != Pass {
		t.Error("later rounds changed the decision")
	}
}

func TestEvidenceFails(t *testing.T) {
	e := NewEvidence(100)
	for n := 1; e.Decision() == Open; n++ {
		e.Add(10, 20)
		if n > 13 {
			t.Fatal("not failed after 13 rounds")
		}
	}
	if all, ups, downs := e.Rounds(); e.Decision() != Fail || all != 13 || ups != 0 || downs != 13 {
		t.Errorf("%v after %d rounds, %d above and %d below", e.Decision(), all, ups, downs)
	}
	if e.Supports() != 1.99 {
		t.Errorf("supports %g", e.Supports())
	}
	if _, _, high := e.Interval(); math.Abs(high-2) > 1e-9 {
		t.Errorf("not above %g", high)
	}
}

// What is exactly on the ratio is neither won nor lost.
func TestEvidenceOfEquals(t *testing.T) {
	e := NewEvidence(1)
	for range Horizon {
		e.Add(5, 5)
	}
	if pass, fail := e.EValues(); e.Decision() != Open || pass != 1 || fail != 1 || e.Differs() {
		t.Errorf("%v with e-values %g and %g", e.Decision(), pass, fail)
	}
}

// A subject that reports no cost does not win by it; of a baseline that does, the
// round is dropped.
func TestEvidenceOfNoCost(t *testing.T) {
	for _, none := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		e := NewEvidence(1)
		for range 13 {
			e.Add(none, 10)
			e.Add(10, none)
			e.Add(none, none)
		}
		var m reports.Measure
		e.Fill(&m)
		if e.Decision() != Fail || len(e.logs) != 13 || m.Ratio != 0 || m.Low != 0 {
			t.Errorf("costs of %g: %v, %d rounds, %+v", none, e.Decision(), len(e.logs), m)
		}
	}
}

// What a run supports must pass on the same rounds, and more must not.
func TestSupportsIsTheStrongest(t *testing.T) {
	for _, base := range []float64{0.0123, 0.97, 1, 7.3, 1234} {
		e := NewEvidence(1)
		again := func(ratio float64) Decision {
			other := NewEvidence(ratio)
			for _, log := range e.logs {
				other.Add(1, math.Exp(log))
			}
			pass, _ := other.EValues()
			if pass >= 1/AlphaPass {
				return Pass
			}
			return Open
		}
		for i := range 60 {
			e.Add(1, base*(1+0.01*float64(i%13)))
		}
		if s := e.Supports(); again(s) != Pass || again(s*1.011) != Open || s < base {
			t.Errorf("around %g: supports %g, which says %v, and a hundredth more %v", base, s, again(s), again(s*1.011))
		}
	}
}
