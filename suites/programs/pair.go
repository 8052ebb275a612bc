package programs

import (
	"math/rand/v2"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
	"github.com/ipckit/ipckit/harness/subject"
)

// A pair is the producer and the consumer in the world of one spec.
type pair struct {
	w      *check.World
	claims subject.Programs
	dir    string
	seeds  *rand.Rand
	shown  bool // consumed items were observed, so the patterns fit

	residue *residue // or nil
}

// newPair copies the built programs into the world. Leftovers are for
// PROG-NOLEAK alone.
func newPair(w *check.World) *pair {
	w.IgnoreLeftovers()
	if err := w.Suite().BuildErr; err != nil {
		if tool := missingTool(err); tool != "" {
			w.Cause("no "+tool, "")
			w.Inconclusive("the programs could not be built: this host has no %s", tool)
		}
		w.Cause(notBuilt, "")
		w.Unobserved("the programs could not be built; see PROG-BUILD")
	}
	p := &pair{w: w, claims: *w.Claims().Programs, seeds: w.Rand}
	p.prepare()
	p.learnResidue()
	return p
}

func (p *pair) prepare() {
	dir, err := program.Prepare(p.w.World, p.w.Suite().Programs)
	if err != nil {
		p.w.KitError(err)
	}
	p.dir = dir
}

// startAfresh ends all processes of the pair and removes what they left, files
// included.
func (p *pair) startAfresh() {
	if err := p.w.Clean(); err != nil {
		p.w.KitError(err)
	}
	if p.residue != nil {
		p.residue.remove()
	}
	p.prepare()
	p.w.Step("removed everything that was left")
}

// run runs the pair once. Every run has a different seed, so that items that an
// earlier run left are not taken for its own.
func (p *pair) run(s program.Scenario) *result {
	if s.Items == 0 {
		s.Items = p.claims.Items
	}
	s.Seed = p.seeds.Uint64()
	s.Quiet = p.w.Suite().Patience
	o, err := program.Run(p.w.Context(), p.w.World, p.dir, p.claims, s)
	if err != nil {
		switch {
		case p.w.Context().Err() != nil:
			p.w.KitError(p.w.Context().Err())
		case p.w.Err() != nil:
			p.w.KitError(p.w.Err())
		}
		p.w.Fail("%v", err)
	}
	for _, did := range o.Did {
		p.w.Step("%s", did)
	}
	p.w.Observed(o.Outputs, o.Hung, nil)
	p.shown = p.shown || len(o.Consumed) > 0
	return &result{Observation: o, w: p.w, pair: p, claims: p.claims}
}

// canShow reports whether the consumer ever prints consumed items. A consumer that
// was started late may have found no items any more, which is a failure and not
// a lack of output; so it is run once more, as the first.
func (p *pair) canShow() bool {
	if p.shown || p.claims.Roles.Consumer.StartedBy == program.Producer {
		return p.shown
	}
	p.startAfresh()
	p.w.Step("ran the pair again, consumer first, to see whether its consumer prints items at all")
	p.run(program.Scenario{First: program.Consumer})
	return p.shown
}
