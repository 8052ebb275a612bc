package main

import (
	"testing"

	"github.com/ipckit/ipckit/suites"
)

// Each row of the table of mechanisms stands on a requirement that there is, and
// says something of some mechanism.
func TestFeaturesStandOnRequirements(t *testing.T) {
	t.Parallel()
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	columns, err := mechanisms(suite)
	if err != nil {
		t.Fatal(err)
	}
	if len(columns) < 7 {
		t.Errorf("%d mechanisms: want the reference's two and the system's five", len(columns))
	}
	implemented := suite.Implemented()
	for _, f := range suites.Features() {
		for _, id := range []string{f.Mailbox, f.Link} {
			if id != "" && suite.Catalogue.Get(id) == nil {
				t.Errorf("%s stands on %s, which the catalogue does not have", f.Name, id)
			}
		}
		said := map[string]bool{}
		for _, m := range columns {
			said[m.cell(f, implemented)] = true
		}
		if len(said) == 1 && said[""] {
			t.Errorf("%s is said of nothing", f.Name)
		}
	}
}
