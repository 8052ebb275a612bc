package programs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/programs"
)

// known says of the ids that the pairs' claims name what the catalogue says.
func known(id string) (string, []string, bool) {
	return "extended", []string{"program"}, id == "PROG-FIRST"
}

func TestPairsHaveGoodClaims(t *testing.T) {
	for _, name := range programs.Pairs {
		dir := t.TempDir()
		if err := programs.Write(dir, name); err != nil {
			t.Fatal(err)
		}
		c, err := subject.ReadClaims(dir)
		if err == nil {
			err = c.Check(known)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFaultIsChosen(t *testing.T) {
	for _, f := range programs.Faults() {
		dir := t.TempDir()
		if err := f.Write(dir); err != nil {
			t.Fatal(err)
		}
		claims, err := os.ReadFile(filepath.Join(dir, subject.ClaimsFile))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(claims), "${FAULT:-"+f.Name+"}") != 2 {
			t.Errorf("%s: the claims do not choose %s:\n%s", f.ID, f.Name, claims)
		}
		source, err := os.ReadFile(filepath.Join(dir, "pair.c"))
		if err != nil {
			t.Fatal(err)
		}
		if used := strings.Contains(string(source), "FAULT == "+f.Name) || strings.Contains(string(source), "FAULT != "+f.Name); used == (f.Name == "BUILD") {
			t.Errorf("%s: pair.c does nothing of %s", f.ID, f.Name)
		}
	}
}
