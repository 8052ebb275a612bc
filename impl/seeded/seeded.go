// Package seeded makes copies of sources that are right, with one mistake in
// each: a few lines in one file that stand in place of others.
package seeded

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Fault is one mistake, as students make it.
type Fault struct {
	ID          string // stable, in words
	Fault       string // what is wrong, as its author might have written it
	Requirement string // that must catch it
	Verdict     string // with which it must be caught: fail, timeout or leak
	At          string // part of the step or the message by which it is caught
	Kind        string // of the check that must catch it; "" is any but race
	Needs       string // a program that the host must have to build or run it

	Right   fs.FS    // what it is a mistake in, one directory with its claims
	File    string   // where
	Changes []Change // what
}

// A Change is one place of a fault.
type Change struct {
	Old, New string // what is right, and what stands there instead
	Every    bool   // wherever it stands; else it stands in one place
}

// Write writes the sources with the fault into a directory that exists. A fault
// that does not fit its sources is an error.
func (f Fault) Write(dir string) error {
	entries, err := fs.ReadDir(f.Right, ".")
	if err != nil {
		return err
	}
	found := false
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		source, err := fs.ReadFile(f.Right, e.Name())
		if err != nil {
			return err
		}
		text := string(source)
		if e.Name() == f.File {
			if text, err = f.apply(text); err != nil {
				return err
			}
			found = true
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("fault %s: there is no %s", f.ID, f.File)
	}
	return nil
}

// apply puts the fault into the text of its file.
func (f Fault) apply(text string) (string, error) {
	for _, c := range f.Changes {
		if n := strings.Count(text, c.Old); n == 0 || n > 1 && !c.Every {
			return "", fmt.Errorf("fault %s: %s has %d places that read %q, want 1", f.ID, f.File, n, c.Old)
		}
		text = strings.ReplaceAll(text, c.Old, c.New)
	}
	return text, nil
}
