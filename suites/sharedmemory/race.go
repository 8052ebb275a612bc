package sharedmemory

import (
	"slices"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/scenario"
)

// Races registers the checks of kind race: for each requirement that a scenario
// shows, the interleavings of two processes within a bound.
func Races(s *check.Suite) {
	for _, id := range scenario.Requirements() {
		if r := s.Catalogue.Get(id); r != nil && slices.Contains(r.Checks, catalogue.Race) {
			s.It(id, check.Interleavings, check.Kind(catalogue.Race), check.Once())
		}
	}
}
