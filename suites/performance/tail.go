package performance

import (
	"errors"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/reports"
)

// The least size of a message that carries when it was to be sent, bytes.
const timedSize = 16

// tail compares how long after its intended time a message arrives, in the 1 of 1000
// cases that take longest, at one rate for both sides.
func tail(w *check.World) {
	r := newRatio(w)
	f := r.figure(measure.OneWay)
	r.measured.Figure = "99.9th percentile of the time until a message arrives"
	if f.Size < timedSize {
		w.Skip("a message of %s cannot carry the time at which it was to be sent, which takes %d bytes", check.Bytes(f.Size, f.Size), timedSize)
	}
	other := r.same(f)
	r.free(f, other)
	rate := r.rate(f, other)
	r.measured.Rate = rate
	arena := w.Suite().Arena()
	own := &measure.TailMeter{Arena: arena, Contestant: r.subject, Figure: f, Rate: rate}
	against := &measure.TailMeter{Arena: arena, Contestant: r.baseline, Figure: other, Rate: rate}
	o, fell := r.fought(measure.Duel{Ratios: []float64{r.claim.Ratio()}, Subject: own.Slot, Baseline: against.Slot}, func() bool { return own.Fell })
	r.measured.Curves = []reports.Curve{own.Curve(), against.Curve()}
	r.judge(o, fell)
}

// rate is the claimed one, in messages a second, or half of what the slower side gets
// through, so that neither has a queue that only grows.
func (r *ratio) rate(own, other measure.Figure) float64 {
	if r.claim.Rate > 0 {
		return min(r.claim.Rate, measure.MostRate)
	}
	slower := 0.0
	for i, side := range []measure.Meter{
		{Contestant: r.subject, Figures: []measure.Figure{own}}, {Contestant: r.baseline, Figures: []measure.Figure{other}},
	} {
		side.Arena = r.w.Suite().Arena()
		costs, err := side.Slot(r.w.Context(), r.processors)
		var fell *check.Fall
		if errors.As(err, &fell) {
			r.w.Fell(fell, i == 0)
		} else if err != nil {
			r.w.KitError(err)
		}
		slower = max(slower, costs[0])
	}
	return min(second/slower/2, measure.MostRate)
}
