package performance

import (
	"slices"

	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/measure/limit"
	"github.com/ipckit/ipckit/reports"
)

// limitsOf lists the limits of the machine that a figure is shown beside.
var limitsOf = map[measure.What][]string{
	measure.RoundTrip: {limit.Line, limit.Lines, limit.Wake},
	measure.OneWay:    {limit.Lines, limit.Read, limit.Copy},
}

// limitRounds are for the record alone: nothing is judged by them.
const limitRounds = 2

// limits measures what the machine allows, for the record. What cannot be measured
// now is left out.
func (r *ratio) limits(f measure.Figure) {
	occupied := measure.Occupied(measure.Processors(2)) != ""
	for _, name := range limitsOf[f.What] {
		c, ok := r.w.Suite().Baseline(name)
		g, fits := f.OfSubject(c.Claims)
		if !ok || !fits || occupied && g.Spins(c.Claims) || f.Pairs > 1 {
			continue
		}
		m := measure.Meter{Arena: r.w.Suite().Arena(), Contestant: c, Figures: []measure.Figure{g}}
		var costs []float64
		for range limitRounds {
			if cost, err := m.Slot(r.w.Context(), measure.Processors(2)); err == nil {
				costs = append(costs, cost[0])
			}
		}
		if len(costs) > 0 {
			r.measured.Limits = append(r.measured.Limits, reports.Limit{Name: name, Value: slices.Min(costs), Unit: r.measured.Unit})
		}
	}
}
