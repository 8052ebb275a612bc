package reference_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(sideVariable); what != "" {
		targetsSide(what)
		return
	}
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case explore.Role:
		explore.Main()
	case agent.Role:
		host.Main(reference.Subject())
	}
	os.Exit(m.Run())
}

// TestInterleavings explores scenarios of what the reference claims: no
// interleaving of two operations has a result that no order of them has, and no
// death blocks the other process. Unless IPCKIT_SOAK is set, a third of the
// scenarios is explored, the same each time.
func TestInterleavings(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	w := worldtest.New(t, world.Options{})
	e, err := explore.Start(ctx, w, agent.Self("reference"))
	var refused *explore.Refused
	if errors.As(err, &refused) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	claims := reference.Subject().Claims
	claims.Normalise()
	all, err := suites.Scenarios(claims)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		if i%3 != 0 && os.Getenv("IPCKIT_SOAK") == "" {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			f, err := s.Explore(ctx, e, w.ID())
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s; %d runs in %v", f.String(), f.Runs(), f.Duration())
			if v := f.Verdict(); v != reports.Pass && v != reports.Inconclusive { // a loaded machine can make a scenario inconclusive
				t.Errorf("%s: %s\n%s", v, f.ID(), f.Witness().Text(120))
			}
		})
	}
}
