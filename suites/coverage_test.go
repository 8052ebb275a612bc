package suites_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/suites"
)

// TestEverySpecHasAMutant: a requirement that is checked must be seen to fail.
func TestEverySpecHasAMutant(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	killed := map[string]bool{}
	for _, m := range faults.All() {
		killed[m.Requirement] = true
		if suite.Catalogue.Get(m.Requirement) == nil {
			t.Errorf("mutant %s is to be caught by %s, which the catalogue does not have", m.ID, m.Requirement)
		}
	}
	for id, kinds := range suite.Implemented() {
		if !killed[id] {
			t.Errorf("%s has a spec and no mutant: nothing shows that the spec can fail", id)
		}
		for _, kind := range kinds {
			if !slices.Contains(suite.Catalogue.Get(id).Checks, kind) {
				t.Errorf("%s has a check of kind %s, which the catalogue does not list", id, kind)
			}
		}
	}
}

// TestEveryMutantIsChecked: a mutant of a requirement without a check proves
// nothing, and two mutants of one name cannot be told apart.
func TestEveryMutantIsChecked(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	implemented := suite.Implemented()
	for _, m := range faults.All() {
		if len(implemented[m.Requirement]) == 0 {
			t.Errorf("mutant %s: %s has no check", m.ID, m.Requirement)
		}
		if kind := catalogue.Kind(m.Kind); kind != "" && !slices.Contains(implemented[m.Requirement], kind) {
			t.Errorf("mutant %s: %s has no check of kind %s", m.ID, m.Requirement, kind)
		}
	}
}

// TestClaimsOfMutants: every subject with a seeded fault claims only what this
// version checks, and without contradiction.
func TestClaimsOfMutants(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{} // many claim the same
	for _, m := range faults.All() {
		s, ok := faults.Subject(m.ID)
		text, err := json.Marshal(s.Claims)
		if err != nil {
			t.Fatal(err)
		}
		if !ok || seen[string(text)] { // what is no Go subject is written to a directory, and read from there
			continue
		}
		seen[string(text)] = true
		if err := suite.Accept(&s.Claims); err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
	}
}

// TestLevelsOfThisVersion: what this version promises to check is checked.
func TestLevelsOfThisVersion(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	implemented := suite.Implemented()
	for _, r := range suite.Catalogue.All() {
		oneToOne := slices.Contains(r.Profiles, "buffer.one-to-one")
		if slices.Contains([]string{"WORD", "LOCK", "SEM", "RW", "SNAP"}, r.Family()) && len(implemented[r.ID]) == 0 {
			t.Errorf("%s has no check", r.ID)
		}
		if r.Level == catalogue.Core && (r.Family() == "REG" || r.Family() == "BUF" && oneToOne) && len(implemented[r.ID]) == 0 {
			t.Errorf("%s is core and has no check", r.ID)
		}
	}
}
