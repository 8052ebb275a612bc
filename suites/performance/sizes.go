package performance

import (
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// grid are the sizes at which a message is measured, bytes, where both sides move
// such messages.
var grid = []int64{8, 64, 512, 4 << 10, 32 << 10, 256 << 10, 1 << 20}

// sizes measures a message of many that follow one another, at all sizes in each
// round. What is promised from a size on is promised of each size from there.
func sizes(w *check.World) {
	r := newRatio(w)
	f := r.figure(measure.OneWay)
	r.measured.Size = int64(r.claim.From)
	var own, other []measure.Figure
	for _, f.Size = range gridFrom(int64(r.claim.From)) {
		a, here := f.OfSubject(r.subject.Claims)
		b, there := f.OfSubject(r.baseline.Claims)
		if here && there && a.Of == f.Of {
			own, other = append(own, a), append(other, b)
		}
	}
	from := slices.IndexFunc(own, func(f measure.Figure) bool { return f.Size >= int64(r.claim.From) })
	if from < 0 {
		w.Inconclusive("%s and %s both move no messages of %s or more", r.subject.Name, r.baseline.Name, check.Bytes(int64(r.claim.From), int64(r.claim.From)))
	}
	r.free(own[0], other[0])
	o, fell := r.judged(own, other, func(all []*measure.Evidence) measure.Decision { return measure.Downwards(all[from:]) })
	r.measured.Curves = []reports.Curve{curve(r.subject.Name, own, o, true), curve(r.baseline.Name, own, o, false)}
	// The figures of the record are those of the size that decides: the largest that
	// is not passed, else the smallest.
	at := from
	for i := len(own) - 1; i >= from; i-- {
		if o.Figures[i].Evidence.Decision() != measure.Pass {
			at = i
			break
		}
	}
	o.Figures[at].Evidence.Fill(r.measured)
	above, below := o.Figures[at].Again.EValues()
	r.measured.EAgain, r.measured.Rounds = max(above, below), o.Figures[at].Rounds
	r.verdict(o, fell, fmt.Sprintf("at %s, %s%s", subject.Size(own[at].Size), r.says(o.Figures[at]), crossover(own, o)))
}

// gridFrom is the grid with one more size.
func gridFrom(from int64) []int64 {
	all := slices.Clone(grid)
	if from > 0 {
		all = append(all, from)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// curve is the cost of a message over its size, with the middle half of the rounds.
func curve(name string, figures []measure.Figure, o measure.Outcome, own bool) reports.Curve {
	c := reports.Curve{Name: name, Axis: reports.AxisSize}
	for i, f := range figures {
		var costs []float64
		for _, x := range o.Figures[i].Rounds {
			if own {
				costs = append(costs, x.Subject)
			} else {
				costs = append(costs, x.Baseline)
			}
		}
		if len(costs) > 0 {
			low, middle, high := measure.Quartiles(costs)
			c.Points = append(c.Points, reports.Point{X: float64(f.Size), Y: middle, Low: low, High: high})
		}
	}
	return c
}

// crossover says from which size on the subject costs less.
func crossover(figures []measure.Figure, o measure.Outcome) string {
	from := len(figures)
	for from > 0 {
		if _, ratio, _ := o.Figures[from-1].Evidence.Interval(); ratio <= 1 {
			break
		}
		from--
	}
	switch {
	case from == len(figures):
		return "; it costs less at none of the largest sizes"
	case from == 0:
		return "; it costs less at all sizes that were measured"
	}
	return fmt.Sprintf("; it costs less from %s on", subject.Size(figures[from].Size))
}
