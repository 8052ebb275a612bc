// Package measure judges measured promises: that a subject is at least so many
// times as good as a baseline, on a machine whose noise is not known.
//
// A round measures subject and baseline next to each other, each in processes that
// were launched for it, in random order and with the two processors exchanged at
// random. Then a subject that keeps its promise wins a round at least as often as it
// loses it, whatever the machine does meanwhile, and nothing else is assumed.
package measure

import "github.com/ipckit/ipckit/reports"

// The error rates, 0.001 and 0.01, which hold whatever the noise and however often the rounds are
// looked at: AlphaFail is the chance that a promise is ever failed that holds, and
// AlphaPass the chance that one is ever passed that does not.
const (
	AlphaFail = 1.0 / reports.EvidenceToFail
	AlphaPass = 1.0 / reports.EvidenceToPass
)

// Horizon is the most rounds that a promise is given. What is not decided by then
// is inconclusive.
const Horizon = 120

// eValue is the evidence of wins in rounds against "it wins at most every second
// round": the mean capital of all gamblers that start with 1 and bet, at even odds,
// on a win with probability p, for p between ½ and 1. Where the hypothesis holds it
// is a supermartingale, so that it ever exceeds 1/α with probability α at most
// (Ville 1939; Howard and Ramdas, Sequential estimation of quantiles, 2022).
//
// The mean is 2^(n+1) · B(k+1, n−k+1) · P(Bin(n+1, ½) ≤ k) for k wins in n rounds,
// which is the sum of C(n+1, j) over j ≤ k, divided by (n+1) · C(n, k).
func eValue(wins, rounds int) float64 {
	n, k := float64(rounds), float64(wins)
	term := 1 / (n + 1 - k) // C(n+1, k) / ((n+1) · C(n, k))
	sum := term
	for j := k; j > 0 && term > sum*1e-17; j-- {
		term *= j / (n + 2 - j)
		sum += term
	}
	return sum
}

// winsNeeded is the least number of wins in so many rounds whose e-value reaches
// 1/alpha; one more than the rounds where all of them are too few.
func winsNeeded(rounds int, alpha float64) int {
	wins := rounds + 1
	for wins > 0 && reached(wins-1, rounds, alpha) {
		wins--
	}
	return wins
}

// reached reports whether so many wins are evidence at level alpha. Half of the
// rounds never are, which spares the sum.
func reached(wins, rounds int, alpha float64) bool {
	return 2*wins > rounds && eValue(wins, rounds) >= 1/alpha
}
