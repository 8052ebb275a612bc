package faults_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults"
)

// That the requirements exist is for the suites to say, which have them.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range faults.All() {
		if seen[f.ID] {
			t.Errorf("two faults are called %s", f.ID)
		}
		seen[f.ID] = true
		if !slices.Contains([]string{"fail", "crash", "timeout", "leak", "unobserved"}, f.Verdict) {
			t.Errorf("%s: the verdict %q is none of a fault", f.ID, f.Verdict)
		}
		if f.Text == "" || f.At == "" {
			t.Errorf("%s does not say what is wrong, or at what it is caught", f.ID)
		}
	}
}

// A mutant's claims must be good, so that the requirement is checked.
func TestSubjects(t *testing.T) {
	for _, f := range faults.All() {
		s, ok := faults.Subject(f.ID)
		if ok == f.Base.Sources() {
			t.Errorf("%s is in %s, and there is a Go subject: %v", f.ID, f.Base.Dir, ok)
		}
		if want := "mutant:" + f.ID; ok && s.Claims.Subject != want {
			t.Errorf("the subject is called %q, want %q", s.Claims.Subject, want)
		}
		if _, err := os.Stat("../../" + f.Base.Dir); err != nil {
			t.Errorf("%s: %v", f.ID, err)
		}
	}
	if _, ok := faults.Subject(faults.Control); !ok {
		t.Error("there is no correct subject")
	}
	if _, ok := faults.Subject("ring-index-warps"); ok {
		t.Error("there is a subject with a fault that does not exist")
	}
}

// Every fault in sources fits them and changes them.
func TestWrite(t *testing.T) {
	for _, f := range faults.All() {
		if !f.Base.Sources() {
			continue
		}
		dir := t.TempDir()
		if err := f.Write(dir); err != nil {
			t.Error(err)
			continue
		}
		if _, err := subject.ReadClaims(dir); err != nil {
			t.Errorf("%s: %v", f.ID, err)
		}
		if changed := differing(t, dir, "../../"+f.Base.Dir); len(changed) == 0 {
			t.Errorf("%s is the same as %s", f.ID, f.Base.Dir)
		}
	}
}

// differing lists the files that are not the same in two directories.
func differing(t *testing.T, a, b string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(a), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(a + "/" + name)
		if err != nil {
			return err
		}
		if other, err := os.ReadFile(b + "/" + name); err != nil || string(other) != string(text) {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Each patch is that of one row, and each row of sources has one, unless its base
// has the fault itself.
func TestPatches(t *testing.T) {
	entries, err := os.ReadDir("patches")
	if err != nil {
		t.Fatal(err)
	}
	var patches, rows []string
	for _, e := range entries {
		patches = append(patches, strings.TrimSuffix(e.Name(), ".patch"))
	}
	for _, f := range faults.All() {
		if f.Base.Sources() && f.Base.Dir != "impl/programs/faults" {
			rows = append(rows, f.ID)
		}
	}
	for _, id := range rows {
		if !slices.Contains(patches, id) {
			t.Errorf("%s has no patch", id)
		}
	}
	for _, id := range patches {
		if !slices.Contains(rows, id) {
			t.Errorf("patches/%s.patch is that of no row", id)
		}
	}
}

// The pair of programs has each fault that a row chooses, and no other.
func TestPrograms(t *testing.T) {
	source, err := os.ReadFile("../programs/faults/pair.c")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults.All() {
		if f.Base.Dir != "impl/programs/faults" {
			continue
		}
		dir := t.TempDir()
		if err := f.Write(dir); err != nil {
			t.Fatal(err)
		}
		if changed := differing(t, dir, "../programs/faults"); !slices.Equal(changed, []string{subject.ClaimsFile}) {
			t.Errorf("%s changes %v, want the claims alone", f.ID, changed)
		}
		text, err := os.ReadFile(dir + "/" + subject.ClaimsFile)
		if err != nil {
			t.Fatal(err)
		}
		_, macro, _ := strings.Cut(string(text), "-DFAULT=${FAULT:-")
		macro, _, _ = strings.Cut(macro, "}")
		// BUILD is a fault by not being declared.
		if used := strings.Contains(string(source), "FAULT == "+macro) || strings.Contains(string(source), "FAULT != "+macro); used == (macro == "BUILD") {
			t.Errorf("%s: pair.c does nothing of %s", f.ID, macro)
		}
	}
}
