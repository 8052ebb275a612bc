package explore_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
)

// repetitions of each exploration, which must all go the same way.
const repetitions = 3

func TestToys(t *testing.T) {
	for name := range toys {
		if strings.HasPrefix(name, "odd") || strings.HasSuffix(name, "dead") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			e, w := start(t, agent.Self(name))
			var id, text string
			for i := range repetitions {
				r, err := e.Explore(within(t), cases(w)[name])
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%v; %d runs, %.0f runs/s", r, r.Runs, r.Rate())
				if wrong := strings.HasPrefix(name, "wrong"); wrong != (r.Violation != nil) || !r.Decided() {
					t.Fatalf("want a violation: %v; got %+v", wrong, r)
				}
				if r.Violation == nil {
					continue
				}
				if i == 0 {
					id, text = r.Violation.ID, r.Violation.Text()
					t.Logf("%s\n%s", id, text)
				}
				if r.Violation.ID != id || r.Violation.Text() != text {
					t.Errorf("repetition %d found %s:\n%s", i, r.Violation.ID, r.Violation.Text())
				}
			}
		})
	}
}

var _ explore.Scenario
