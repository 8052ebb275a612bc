package performance

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/reports"
)

const defaultPairs = 2

// scale compares what pairs of processes get through together with what one pair
// does; each process has a processor of its own.
func scale(w *check.World) {
	r := newRatio(w)
	one := r.figure(measure.OneWay)
	many := one
	if many.Pairs = r.claim.Pairs; many.Pairs == 0 {
		many.Pairs = defaultPairs
	}
	r.measured.Pairs = many.Pairs
	r.baseline = r.subject
	r.baseline.Name = "one pair"
	r.measured.Baseline = r.baseline.Name
	if n := len(measure.Allowed()); n < many.Processes() {
		w.Skip("%d pairs need %d processors; there are %d", many.Pairs, many.Processes(), n)
	}
	r.processors = measure.Processors(many.Processes())
	if why := measure.Occupied(r.processors); why != "" {
		w.Skip("%s", why)
	}
	o, fell := r.duel([]measure.Figure{many}, []measure.Figure{one})
	if c := o.Figures[0]; len(c.Rounds) > 0 {
		all, single := c.Costs()
		r.measured.Curves = []reports.Curve{{Name: r.subject.Name, Axis: reports.AxisPairs, Points: []reports.Point{
			{X: 1, Y: second / single}, {X: float64(many.Pairs), Y: second / all},
		}}}
	}
	r.judge(o, fell)
}

// second, in ns.
const second = 1e9
