package check

import (
	"errors"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

// Scenarios gives what is explored of a subject, by its claims.
type Scenarios func(subject.Claims) ([]scenario.Scenario, error)

// Interleavings gives the body of a check of kind race: it explores the scenarios
// that show the requirement, up to the first violation. What is found is found
// each time, so that nothing needs to be looked at again.
func Interleavings(of Scenarios) func(*World) {
	return func(w *World) {
		all, err := of(w.Claims())
		if err != nil {
			w.Inconclusive("a scenario that the claims add cannot be read: %v", err)
		}
		list := scenario.Showing(all, w.spec.requirement.ID, w.Profile())
		if len(list) == 0 {
			w.Skip("no scenario of what is claimed shows this requirement")
		}
		w.explore(list)
	}
}

// explore ends the spec with the first scenario that breaks the requirement.
func (w *World) explore(list []scenario.Scenario) {
	e, err := explore.Start(w.ctx, w.World, w.spec.suite.Launcher)
	var refused *explore.Refused
	switch {
	case errors.As(err, &refused):
		w.Skip("interleavings cannot be explored here: %s", refused.Reason)
	case err != nil:
		panic(kitError{err})
	}
	w.Cleanup(func() { _ = e.Close() })
	total := scenario.Total{}
	for _, s := range list {
		w.Step("scenario %s", s.ID)
		f, err := s.Explore(w.ctx, e, w.ID())
		if err != nil {
			panic(kitError{err})
		}
		total.Add(f)
		if f.Breaks(w.spec.requirement.ID) {
			w.found(f)
		}
	}
	w.Note("%s", total)
	if err := e.Close(); err != nil {
		panic(kitError{err})
	}
}

// found ends the spec with what was found.
func (w *World) found(f scenario.Finding) {
	evidence := f.Evidence()
	w.did = append(w.did, evidence.Did...)
	w.interleaving, w.sure = evidence.Interleaving, evidence.Sure
	w.finish(f.Verdict(), "%s: %s", f.Scenario.ID, f.String())
}
