// Package seeded makes copies of sources that are right, with one mistake in
// each: a few lines that stand in place of others.
package seeded

import (
	"cmp"
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
	File    string   // where, unless a change says another
	Changes []Change // what
}

// A Change is one place of a fault.
type Change struct {
	File     string // "": that of the fault
	Old, New string // what is right, and what stands there instead
	Every    bool   // wherever it stands; else it stands in one place
}

// Write writes the sources with the fault into a directory that exists, and has
// none of them yet. A fault that does not fit its sources is an error.
func (f Fault) Write(dir string) error {
	if err := os.CopyFS(dir, f.Right); err != nil {
		return fmt.Errorf("fault %s: %w", f.ID, err)
	}
	for _, c := range f.Changes {
		c.File = cmp.Or(c.File, f.File)
		if err := c.make(filepath.Join(dir, c.File)); err != nil {
			return fmt.Errorf("fault %s: %w", f.ID, err)
		}
	}
	return nil
}

// make puts the change into a file.
func (c Change) make(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	n := strings.Count(string(source), c.Old)
	switch {
	case n == 0 || n > 1 && !c.Every:
		return fmt.Errorf("%s has %d places that read %q, want 1", c.File, n, c.Old)
	case c.Old == c.New:
		return fmt.Errorf("%s: %q is replaced by itself", c.File, c.Old)
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(source), c.Old, c.New)), 0o644)
}
