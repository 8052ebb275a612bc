package scenario

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/reports"
)

// Evidence explains a finding that is not a pass.
func (f *Finding) Evidence() *reports.Evidence {
	e := &reports.Evidence{Saw: f.Scenario.ID + ": " + f.String(), Step: "scenario " + f.Scenario.ID, Interleaving: f.Witness()}
	for _, step := range f.Scenario.steps.Setup {
		e.Did = append(e.Did, "before: "+step.Agent+": "+explore.Describe(step.Request))
	}
	e.Did = append(e.Did, "A: "+describe(f.Scenario.steps.A), "B: "+describe(f.Scenario.steps.B))
	if f.ID() != "" {
		e.Sure = fmt.Sprintf("deterministic: interleaving %s gave the same outcome each time it was run", f.ID())
	}
	return e
}

// Witness is the interleaving that was found, or that was replayed; nil where
// none was.
func (f *Finding) Witness() *reports.Interleaving {
	x := &reports.Interleaving{Scenario: f.Scenario.ID, A: describe(f.Scenario.steps.A), B: describe(f.Scenario.steps.B)}
	var events []explore.Event
	var outcome explore.Outcome
	if f.Kill != nil {
		p := f.bad()
		if p == nil {
			return nil
		}
		x.ID, events, outcome = p.ID, p.Events, p.Outcome
	} else {
		v := cmp.Or(f.Result.Violation, f.Result.Replayed)
		if v == nil {
			return nil
		}
		x.ID, events, outcome = v.ID, v.Events, v.Outcome
		for _, o := range v.Allowed {
			x.Allowed = append(x.Allowed, o.String())
		}
	}
	x.Outcome, x.Deadlock = outcome.String(), outcome.Stuck()
	for _, r := range explore.Rows(events) {
		x.Steps = append(x.Steps, reports.Access{Agent: r.Agent, Kind: r.Kind, Place: r.Place, Does: r.Does})
	}
	return x
}

// describe reads "acquire, release".
func describe(requests []protocol.Request) string {
	var all []string
	for _, r := range requests {
		all = append(all, explore.Describe(r))
	}
	return strings.Join(all, ", ")
}
