package performance

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// defaultSize is that of a message where a promise names none, bytes.
const defaultSize = 64

// A ratio is a promise that is being judged against a baseline.
type ratio struct {
	w          *check.World
	claim      subject.Performance
	subject    check.Contestant
	baseline   check.Contestant
	processors []int
	measured   *reports.Measure
	rounds     int // so far
}

// newRatio begins with what the claims say. That there is such a baseline was seen
// when the plan was made.
func newRatio(w *check.World) *ratio {
	claim, _ := w.Claim()
	r := &ratio{w: w, claim: claim, subject: w.Suite().Contestant(), processors: measure.Processors(2)}
	r.measured = &reports.Measure{Subject: r.subject.Name, Baseline: claim.Against, Claim: claim.String(), Unit: "ns"}
	w.Measured(r.measured)
	if claim.Against == "" || claim.Against == subject.Itself {
		return r
	}
	var ok bool
	if r.baseline, ok = w.Suite().Baseline(claim.Against); !ok {
		w.KitError(fmt.Errorf("the plan has no baseline %q", claim.Against))
	}
	return r
}

// figure is what the claim is about.
func (r *ratio) figure(what measure.What) measure.Figure {
	f := FigureOf(r.subject.Claims, r.claim, r.w.Suite().Catalogue.Get(r.claim.Requirement).Of, what)
	r.measured.Figure, r.measured.Of, r.measured.Size = names[what], f.Of, f.Size
	return f
}

// FigureOf is the figure that a promise of a subject is about. fit are the profiles
// of which its requirement can be measured.
func FigureOf(c subject.Claims, p subject.Performance, fit []string, what measure.What) measure.Figure {
	f := measure.Figure{What: what, Of: c.Measured(p, fit)}
	if least, most, moves := c.Messages(f.Of); moves {
		if f.Size = int64(p.Size); f.Size == 0 {
			f.Size = min(max(defaultSize, int64(least)), int64(most))
		}
	}
	return f
}

// names of what is measured, for the record.
var names = map[measure.What]string{measure.RoundTrip: "round trip", measure.OneWay: "time per message"}

// same is the figure as it is measured of the baseline.
func (r *ratio) same(f measure.Figure) measure.Figure {
	other, ok := f.OfSubject(r.baseline.Claims)
	if !ok {
		r.w.Inconclusive("%s has nothing that could be compared with %s", r.baseline.Name, f)
	}
	return other
}

// free skips the requirement where a side spins and there is no free processor for
// each of its processes.
func (r *ratio) free(own, other measure.Figure) {
	if !own.Spins(r.subject.Claims) && !other.Spins(r.baseline.Claims) {
		return
	}
	if why := measure.Occupied(r.processors); why != "" {
		r.w.Skip("%s", why)
	}
}

// duel measures a figure of both sides in rounds. fall is how a contestant ended
// that did not do what it ought to; what could not be measured for another reason
// ends the spec.
func (r *ratio) duel(own, other []measure.Figure) (measure.Outcome, *fall) {
	return r.judged(own, other, nil)
}

// fall is how a contestant failed, and whether it was the subject.
type fall struct {
	*check.Fall
	own bool
}

// judged is a duel of several figures, which are judged together.
func (r *ratio) judged(own, other []measure.Figure, judge func([]*measure.Evidence) measure.Decision) (measure.Outcome, *fall) {
	arena := r.w.Suite().Arena()
	subject := measure.Meter{Arena: arena, Contestant: r.subject, Figures: own}
	baseline := measure.Meter{Arena: arena, Contestant: r.baseline, Figures: other}
	return r.fought(measure.Duel{
		Ratios: slices.Repeat([]float64{r.claim.Ratio()}, len(own)), Judge: judge, Subject: subject.Slot, Baseline: baseline.Slot,
	}, func() bool { return subject.Fell })
}

// fought runs a duel; own says of a contestant that fell whether it was the subject.
func (r *ratio) fought(d measure.Duel, own func() bool) (measure.Outcome, *fall) {
	d.Processors, d.Rand, d.Budget = r.processors, r.w.Rand, r.w.Suite().Measuring
	d.Watch = func(p measure.Progress) { r.rounds = p.Rounds; r.w.Progress(int64(p.Rounds), 0) }
	o, err := d.Run(r.w.Context())
	var fell *check.Fall
	switch {
	case errors.As(err, &fell):
		return o, &fall{fell, own()}
	case err != nil:
		r.w.KitError(err)
	}
	return o, nil
}

// judge ends the spec as the first figure of the rounds says.
func (r *ratio) judge(o measure.Outcome, f *fall) {
	first := o.Figures[0]
	first.Evidence.Fill(r.measured)
	above, below := first.Again.EValues()
	r.measured.EAgain, r.measured.Rounds = max(above, below), first.Rounds
	r.verdict(o, f, r.says(first))
}

// verdict ends the spec. figures says what was measured.
func (r *ratio) verdict(o measure.Outcome, f *fall, figures string) {
	if f != nil {
		r.w.Step("%d rounds of %s and %s; then, in one of %s:", r.rounds, r.subject.Name, r.baseline.Name, f.Contestant)
		r.w.Sure("seen once; before it were %s that went well", count(r.rounds, "round"))
		r.w.Fell(f.Fall, f.own)
	}
	switch o.Decision {
	case measure.Pass:
		r.w.Note("%s; promised: %s", figures, r.claim)
	case measure.Fail:
		r.w.Sure("a promise that holds is failed in 1 of %.0f checks at most, whatever the machine does meanwhile", 1/measure.AlphaFail)
		r.w.Fail("%s, where %s was promised", figures, r.claim)
	default:
		r.w.Inconclusive("%s: %s; promised: %s", o.Why, figures, r.claim)
	}
}

// says gives the figures in words.
func (r *ratio) says(c measure.Compared) string {
	if len(c.Rounds) == 0 {
		return "nothing was measured"
	}
	low, middle, high := c.Evidence.Interval()
	own, other := c.Costs()
	return fmt.Sprintf("%s of %s: %s, of %s: %s; %.3g times as good%s in %s",
		r.measured.Figure, r.subject.Name, reports.Nanoseconds(own), r.baseline.Name, reports.Nanoseconds(other),
		middle, between(low, high), count(len(c.Rounds), "round"))
}

// between says an interval of which an end may be open.
func between(low, high float64) string {
	switch {
	case low > 0 && high > 0:
		return fmt.Sprintf(" (%.3g to %.3g)", low, high)
	case low > 0:
		return fmt.Sprintf(" (%.3g or more)", low)
	case high > 0:
		return fmt.Sprintf(" (%.3g or less)", high)
	}
	return ""
}

func count(n int, noun string) string { return fmt.Sprintf("%d %s", n, reports.Plural(n, noun)) }
