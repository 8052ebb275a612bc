package scenario

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/reports"
)

// Evidence explains a finding that is not a pass.
func (f *Finding) Evidence() *reports.Evidence {
	e := &reports.Evidence{Saw: f.String(), Step: "scenario " + f.Scenario.ID, Interleaving: f.Witness()}
	for _, step := range f.Scenario.steps.Setup {
		e.Did = append(e.Did, "before: "+step.Agent+": "+explore.Describe(step.Request))
	}
	e.Did = append(e.Did, "A: "+describe(f.Scenario.steps.A), "B: "+describe(f.Scenario.steps.B))
	if f.ID() != "" {
		e.Sure = fmt.Sprintf("deterministic: interleaving %s gave the same outcome each time it was run", f.ID())
	}
	return e
}

// Witness is the interleaving that was found; nil where none was.
func (f *Finding) Witness() *reports.Interleaving {
	if f.Result == nil {
		return nil
	}
	v := f.Result.Violation
	if v == nil {
		v = f.Result.Replayed
	}
	if v == nil {
		return nil
	}
	x := &reports.Interleaving{
		ID: v.ID, Scenario: f.Scenario.ID, A: describe(f.Scenario.steps.A), B: describe(f.Scenario.steps.B),
		Outcome: v.Outcome.String(), Deadlock: v.Outcome.Stuck(),
	}
	for _, r := range v.Rows() {
		x.Steps = append(x.Steps, reports.Access{Agent: r.Agent, Kind: r.Kind, Place: r.Place, Does: r.Does})
	}
	for _, o := range v.Allowed {
		x.Allowed = append(x.Allowed, o.String())
	}
	return x
}

// describe reads "acquire, release".
func describe(requests []agent.Request) string {
	var all []string
	for _, r := range requests {
		all = append(all, explore.Describe(r))
	}
	return strings.Join(all, ", ")
}
