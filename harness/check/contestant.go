package check

import (
	"context"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// A Contestant is a subject that is measured beside others.
type Contestant struct {
	Name     string         `json:"name"` // as a promise or the command line names it
	Claims   subject.Claims `json:"claims"`
	Launcher agent.Launcher `json:"launcher"`
}

// Contestant is the suite's own subject.
func (s *Suite) Contestant() Contestant {
	return Contestant{Name: s.Claims.Subject, Claims: s.Claims, Launcher: s.Launcher}
}

// Baseline gives the one of that name.
func (s *Suite) Baseline(name string) (Contestant, bool) {
	for _, b := range s.Baselines {
		if b.Name == name {
			return b, true
		}
	}
	return Contestant{}, false
}

// A Fall is how an act of a contestant ended that did not do what it ought to: an
// error with the verdict that a spec would have had, and its evidence.
type Fall struct {
	Contestant string
	Verdict    reports.Verdict
	Message    string
	Evidence   *reports.Evidence
}

func (f *Fall) Error() string { return f.Contestant + ": " + f.Message }

// An Arena is where contestants act, outside of any spec.
type Arena struct {
	Patience  time.Duration // of the watchdog; 0: DefaultPatience
	Isolation world.Isolation
}

// Arena is where the suite's own subject acts too.
func (s *Suite) Arena() Arena { return Arena{Patience: s.Patience, Isolation: s.Isolation} }

// Act has body act once with processes of a contestant, in a world of its own and
// in the given profile. Errors: *Fall, and the context's.
func (a Arena) Act(ctx context.Context, c Contestant, profile string, body func(*World)) error {
	e := spec{
		suite:       &Suite{Catalogue: &catalogue.Catalogue{}, Claims: c.Claims, Launcher: c.Launcher, Patience: a.Patience, Isolation: a.Isolation},
		requirement: &catalogue.Requirement{}, profile: profile, kind: catalogue.Performance, body: body,
	}
	o := e.attempt(ctx)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case o.passed():
		return nil
	}
	return &Fall{Contestant: c.Name, Verdict: o.verdict, Message: o.message, Evidence: o.evidence}
}

// Fell ends the spec as an act ended: as the subject's own where it was, else as
// the kit's, since a baseline that does not work is nothing to compare with.
func (w *World) Fell(f *Fall, own bool) {
	if !own && f.Verdict != reports.Skipped && f.Verdict != reports.Inconclusive {
		w.KitError(fmt.Errorf("baseline %s did not do what it is measured for: %s", f.Contestant, f.Message))
	}
	if e := f.Evidence; e != nil {
		w.did = append(w.did, e.Did...)
		w.step, w.blocked, w.left, w.outputs, w.trace = e.Step, e.Blocked, e.Left, append(w.outputs, e.Output...), e.Trace
	}
	w.finish(f.Verdict, "%s", f.Message)
}
