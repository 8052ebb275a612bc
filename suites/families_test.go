package suites

import (
	"slices"
	"testing"

	"github.com/ipckit/ipckit/suites/requirements"
)

// TestScenarios: ids are unique, and each scenario shows requirements that the
// catalogue has.
func TestScenarios(t *testing.T) {
	c, err := requirements.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Scenarios(everything(c))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.ID] || len(s.Shows) == 0 {
			t.Errorf("%s exists twice, or shows nothing", s.ID)
		}
		seen[s.ID] = true
		for _, id := range slices.Concat(s.Shows, s.Wakes) {
			if c.Get(id) == nil {
				t.Errorf("scenario %s shows %s, which the catalogue does not have", s.ID, id)
			}
		}
	}
	for _, id := range []string{"lock.held:release+acquire", "buffer.one-to-one.full:put+get", "buffer.one-to-one.closed:try-put+get"} {
		if !seen[id] {
			t.Errorf("there is no scenario %s", id)
		}
	}
}
