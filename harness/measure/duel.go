package measure

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ipckit/ipckit/reports"
)

// A Duel judges a promise: in each round it measures the subject, the baseline, and
// a second copy of the baseline, which shows whether rounds are fair on this machine.
type Duel struct {
	Ratios     []float64 // that are promised, one for each figure of a slot
	Subject    Slot
	Baseline   Slot
	Processors []int
	Rand       *rand.Rand
	Budget     time.Duration  // 0: as long as it takes
	Rounds     int            // at most; 0: Horizon
	Watch      func(Progress) // called after each round, or nil
	Now        func() time.Time

	// Judge says what the rounds decide together, where a slot has several figures;
	// nil: as the first figure does.
	Judge func([]*Evidence) Decision
}

// Progress is how far a duel has come.
type Progress struct {
	Rounds     int
	Pass, Fail float64       // e-values of the first figure
	Left       time.Duration // until it ends, at most
}

// An Outcome is what the rounds of a duel came to. Its figures are those of the
// slots, in their order.
type Outcome struct {
	Decision Decision
	Why      string // an open one is not decided
	Figures  []Compared
}

// Compared is one figure of subject and baseline.
type Compared struct {
	Evidence *Evidence
	Again    *Evidence // of the baseline against its second copy
	Rounds   []reports.Round
}

// Run runs rounds until the promise is decided, and at most as many as the budget
// allows. With an error, of a slot or of the context, the outcome is that of the
// rounds before it.
func (d Duel) Run(ctx context.Context) (Outcome, error) {
	first, err := d.run(ctx)
	if err != nil || first.Decision != Fail || d.Processors != nil {
		return first, err
	}
	// The processors were not exchanged: what disturbs one place may have disturbed the
	// same contestant in each round.
	second, err := d.run(ctx)
	if err == nil && second.Decision != Fail {
		second.Decision, second.Why = Open, "processes cannot be kept on processors here, and a second run did not fail as the first did"
	}
	return second, err
}

func (d Duel) run(ctx context.Context) (Outcome, error) {
	now := d.Now
	if now == nil {
		now = time.Now
	}
	most := d.Rounds
	if most == 0 {
		most = Horizon
	}
	var o Outcome
	for _, r := range d.Ratios {
		o.Figures = append(o.Figures, Compared{Evidence: NewEvidence(r), Again: NewEvidence(1)})
	}
	lineup := Lineup{Slots: []Slot{d.Subject, d.Baseline, d.Baseline}, Processors: d.Processors, Rand: d.Rand}
	began := now()
	var longest time.Duration
	for n := range most {
		start := now()
		if d.Budget > 0 && n > 0 && start.Sub(began)+longest > d.Budget {
			o.Why = fmt.Sprintf("not decided after %s in %v", rounds(n), start.Sub(began).Round(time.Second))
			return o, nil
		}
		costs, err := lineup.Round(ctx)
		if err != nil {
			o.Why = fmt.Sprintf("ended after %s", rounds(n))
			return o, err
		}
		longest = max(longest, now().Sub(start))
		o.add(costs)
		if d.Watch != nil {
			d.Watch(d.progress(o, most, now().Sub(began)))
		}
		if why := o.unfair(); why != "" {
			o.Why = why
			return o, nil
		}
		if o.Decision = d.judge(o); o.Decision != Open {
			return o, nil
		}
	}
	o.Why = fmt.Sprintf("not decided after %s, the most that there are", rounds(most))
	return o, nil
}

func rounds(n int) string { return fmt.Sprintf("%d %s", n, reports.Plural(n, "round")) }

func (o *Outcome) add(costs [][]float64) {
	for i := range o.Figures {
		f := &o.Figures[i]
		r := reports.Round{Subject: costs[0][i], Baseline: costs[1][i], Again: costs[2][i]}
		f.Rounds = append(f.Rounds, r)
		f.Evidence.Add(r.Subject, r.Baseline)
		f.Again.Add(r.Again, r.Baseline)
	}
}

// unfair says that the baseline differs from its second copy, or "". All figures
// together have the error rate of one.
func (o *Outcome) unfair() string {
	for _, f := range o.Figures {
		if above, below := f.Again.EValues(); max(above, below) >= float64(len(o.Figures))/AlphaPass {
			low, median, high := f.Again.Interval()
			return fmt.Sprintf("the baseline is %.3g times as good as its own second copy (interval %.3g to %.3g), so rounds are not fair on this machine now", 1/median, 1/high, 1/low)
		}
	}
	return ""
}

func (d Duel) judge(o Outcome) Decision {
	if d.Judge == nil {
		return o.Figures[0].Evidence.Decision()
	}
	var all []*Evidence
	for _, f := range o.Figures {
		all = append(all, f.Evidence)
	}
	return d.Judge(all)
}

func (d Duel) progress(o Outcome, most int, spent time.Duration) Progress {
	n := len(o.Figures[0].Rounds)
	p := Progress{Rounds: n, Left: spent / time.Duration(n) * time.Duration(most-n)}
	if d.Budget > 0 {
		p.Left = max(min(p.Left, d.Budget-spent), 0)
	}
	p.Pass, p.Fail = o.Figures[0].Evidence.EValues()
	return p
}

// Costs are the middle ones of the subject and of the baseline.
func (c Compared) Costs() (subject, baseline float64) {
	var own, other []float64
	for _, r := range c.Rounds {
		own, other = append(own, r.Subject), append(other, r.Baseline)
	}
	return Median(own), Median(other)
}

// Median is the middle of some costs; 0 of none.
func Median(costs []float64) float64 { _, middle, _ := Quartiles(costs); return middle }

// Quartiles are the costs below which a quarter, half and three quarters of them lie.
func Quartiles(costs []float64) (first, middle, third float64) {
	n := len(costs)
	if n == 0 {
		return 0, 0, 0
	}
	sorted := slices.Sorted(slices.Values(costs))
	return sorted[(n-1)/4], (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[3*n/4]
}
