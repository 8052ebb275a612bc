package sharedmemory

import (
	"slices"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/spec"
)

// Races registers the checks of kind race: for each requirement that a scenario
// shows, the interleavings of two processes within a bound.
func Races(s *spec.Suite) {
	for _, id := range scenario.Requirements() {
		if r := s.Catalogue.Get(id); r != nil && slices.Contains(r.Checks, catalogue.Race) {
			s.It(id, spec.Interleavings, spec.Kind(catalogue.Race), spec.Once())
		}
	}
}
