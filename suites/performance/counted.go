package performance

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/reports"
)

// A reading is what was counted: a value, and the least and the most that it may be
// in truth.
type reading struct {
	value, low, high float64
	text             string // what it rests on
}

// A gauge counts something of the objects of a figure, in a world of the contestant
// and in the figure's profile. enough is how small a value has to be told from none.
type gauge struct {
	name  string // of what is counted
	unit  string
	what  measure.What
	floor float64 // below which two readings do not differ
	read  func(w *check.World, f measure.Figure, enough float64) reading
}

// judge judges a promise of what can be counted: a bound, or a ratio to a baseline
// that is counted after the subject. Counts are not noise, so there are no rounds.
func (g gauge) judge(w *check.World) {
	r := newRatio(w)
	f := r.figure(g.what)
	r.measured.Figure, r.measured.Unit = g.name, g.unit
	var own reading
	bound := r.claim.IsBound()
	enough := r.claim.AtMost
	if !bound {
		enough = 1 / r.claim.Ratio() / 10
	}
	w.As(f.Of, func() { own = g.read(w, f, enough) })
	r.measured.Value = own.value
	if bound {
		r.measured.Bound = r.claim.AtMost
		g.bound(r, own)
		return
	}
	g.ratio(r, own, g.baseline(r, f, enough))
}

func (g gauge) bound(r *ratio, own reading) {
	figures := fmt.Sprintf("%s: %s; %s", g.name, g.says(own.value), own.text)
	switch most := r.claim.AtMost; {
	case own.high <= most:
		r.w.Note("%s; promised: %s", figures, r.claim)
	case own.low > most:
		r.w.Fail("%s, where %s was promised", figures, r.claim)
	default:
		r.w.Inconclusive("%s, which is too little to tell; promised: %s", figures, r.claim)
	}
}

// baseline counts the same of the baseline, in a world of its own.
func (g gauge) baseline(r *ratio, f measure.Figure, enough float64) (other reading) {
	of := r.same(f)
	if !slices.Contains(r.w.Suite().Catalogue.Get(r.claim.Requirement).Of, of.Of) {
		r.w.Inconclusive("%s has nothing that could be compared with %s", r.baseline.Name, f.Of)
	}
	err := r.w.Suite().Arena().Act(r.w.Context(), r.baseline, of.Of, func(w *check.World) {
		w.IgnoreLeftovers()
		other = g.read(w, of, enough)
	})
	var fell *check.Fall
	if errors.As(err, &fell) {
		r.w.Fell(fell, false)
	} else if err != nil {
		r.w.KitError(err)
	}
	return other
}

func (g gauge) ratio(r *ratio, own, other reading) {
	at := func(v float64) float64 { return max(v, g.floor) }
	r.measured.Claimed = r.claim.Ratio()
	r.measured.Rounds = []reports.Round{{Subject: own.value, Baseline: other.value}}
	if at(own.value) > 0 {
		r.measured.Ratio = at(other.value) / at(own.value)
	}
	figures := fmt.Sprintf("%s of %s: %s (%s), of %s: %s (%s)", g.name, r.subject.Name, g.says(own.value), own.text, r.baseline.Name, g.says(other.value), other.text)
	switch want := r.claim.Ratio(); {
	case at(own.high)*want <= at(other.low):
		r.w.Note("%s; promised: %s", figures, r.claim)
	case at(own.low)*want > at(other.high):
		r.w.Fail("%s, where %s was promised", figures, r.claim)
	default:
		r.w.Inconclusive("%s, which is too little to tell; promised: %s", figures, r.claim)
	}
}

func (g gauge) says(v float64) string { return fmt.Sprintf("%.4g %s", v, g.unit) }
