package measure

import (
	"math"
	"slices"
	"strconv"

	"github.com/ipckit/ipckit/reports"
)

// A Decision is what the rounds so far say of a promise.
type Decision int

const (
	Open Decision = iota // undecided; once no more rounds are run: inconclusive
	Pass
	Fail
)

func (d Decision) String() string { return [...]string{"inconclusive", "pass", "fail"}[d] }

// Evidence judges the promise that a subject exceeds a ratio in more than half of
// the rounds.
type Evidence struct {
	ratio    float64
	logs     []float64 // of each round's ratio, cost of baseline / cost of subject
	ups      int       // rounds above the ratio
	downs    int       // rounds below it; exactly on it is neither
	decision Decision  // the first one reached, which stays
	differs  bool
}

// NewEvidence begins with no rounds. The ratio is above 0.
func NewEvidence(ratio float64) *Evidence { return &Evidence{ratio: ratio} }

// Add counts one round. Costs are in any unit, the smaller the better. A subject's
// cost that is no number above 0 is a lost round, so that nothing is won by
// measuring nothing; such a cost of the baseline says nothing, and is not counted.
func (e *Evidence) Add(costSubject, costBaseline float64) {
	if !isCost(costBaseline) {
		return
	}
	log := math.Inf(-1)
	if isCost(costSubject) {
		log = math.Log(costBaseline) - math.Log(costSubject)
	}
	e.logs = append(e.logs, log)
	switch threshold := math.Log(e.ratio); {
	case log > threshold:
		e.ups++
	case log < threshold:
		e.downs++
	}
	n := e.ups + e.downs
	up, down := reached(e.ups, n, AlphaPass), reached(e.downs, n, AlphaPass)
	e.differs = e.differs || up || down
	switch {
	case e.decision != Open:
	case up:
		e.decision = Pass
	case down && reached(e.downs, n, AlphaFail):
		e.decision = Fail
	}
}

func isCost(c float64) bool { return c > 0 && !math.IsInf(c, 1) }

// Decision is the first one that the rounds reached: later rounds do not change it.
func (e *Evidence) Decision() Decision { return e.decision }

// Rounds counts those that were added, and of them those above and below the ratio.
func (e *Evidence) Rounds() (all, ups, downs int) { return len(e.logs), e.ups, e.downs }

// EValues are the evidence that the promise holds and that it does not: 1/[AlphaPass]
// and 1/[AlphaFail] decide.
func (e *Evidence) EValues() (pass, fail float64) {
	n := e.ups + e.downs
	return eValue(e.ups, n), eValue(e.downs, n)
}

// Differs reports whether the two were ever seen to differ at this ratio, in either
// direction, each with an error rate of [AlphaPass]. Of a baseline against its own
// copy at ratio 1 it means that the rounds were not fair.
func (e *Evidence) Differs() bool { return e.differs }

// Interval holds the ratios that the rounds leave possible for the median, with an
// error rate of AlphaPass below and AlphaFail above, at whatever round it is read. An
// end that the rounds do not give yet is 0.
func (e *Evidence) Interval() (low, median, high float64) {
	sorted := slices.Sorted(slices.Values(e.logs))
	n := len(sorted)
	if n == 0 {
		return 0, 0, 0
	}
	if k := winsNeeded(n, AlphaPass); k <= n {
		low = math.Exp(sorted[n-k])
	}
	if k := winsNeeded(n, AlphaFail); k <= n {
		high = math.Exp(sorted[k-1])
	}
	return low, math.Exp((sorted[(n-1)/2] + sorted[n/2]) / 2), high
}

// Supports is the strongest ratio, rounded down to three digits, whose promise would
// pass on these rounds; 0 where none would.
func (e *Evidence) Supports() float64 {
	low, _, _ := e.Interval()
	if low == 0 {
		return 0
	}
	// Ratios below the interval are won in enough rounds, its end itself is not.
	unit := math.Pow(10, math.Floor(math.Log10(low))-2)
	below := (math.Ceil(low/unit-1e-9) - 1) * unit
	below, _ = strconv.ParseFloat(strconv.FormatFloat(below, 'g', 3, 64), 64)
	return below
}

// Fill writes into the record what the rounds say of the promise.
func (e *Evidence) Fill(m *reports.Measure) {
	m.Claimed = e.ratio
	m.Low, m.Ratio, m.High = e.Interval()
	m.Supports = e.Supports()
	m.EPass, m.EFail = e.EValues()
}
