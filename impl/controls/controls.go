// Package controls holds correct implementations of unusual shape, each a
// subject in a directory of its own: the textbook's solutions and plain POSIX.
// What raises an alarm there is wrong itself. Beside them it holds the one
// mistake in them that no other implementation can make.
package controls

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Textbook are the bounded buffers of Silberschatz, Galvin, Gagne, Operating
// System Concepts: spinning of 3.5 and semaphore of 7.1.1.
//
//go:embed semaphore spinning
var Textbook embed.FS

//go:embed peterson
var sources embed.FS

// Compiler is what the claims need to be built.
const Compiler = "cc"

// A Fault is one mistake in a control.
type Fault struct {
	ID          string // stable, in words
	Fault       string // what is wrong, as its author might have written it
	Requirement string // that must catch it
	Verdict     string // with which it must be caught
	At          string // part of the message by which it is caught
	Kind        string // of the check that must catch it

	control, file string
	left          string // out
}

// Faults lists the faults.
func Faults() []Fault {
	return []Fault{{
		ID: "c-peterson-unfenced", Fault: "Peterson's lock as textbooks have it, without a fence: the load of the other's wish comes before the store of one's own",
		Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "A=ok B=ok", Kind: "race",
		control: "peterson", file: "lock.c",
		left: "    atomic_thread_fence(memory_order_seq_cst);\n",
	}}
}

// Write writes the control with the fault into a directory that exists.
func (f Fault) Write(dir string) error {
	entries, err := fs.ReadDir(sources, f.control)
	if err != nil {
		return err
	}
	for _, e := range entries {
		source, err := fs.ReadFile(sources, f.control+"/"+e.Name())
		if err != nil {
			return err
		}
		text := string(source)
		if e.Name() == f.file {
			if n := strings.Count(text, f.left); n != 1 {
				return fmt.Errorf("controls: fault %s: %s has %d places that read %q, want 1", f.ID, f.file, n, f.left)
			}
			text = strings.Replace(text, f.left, "", 1)
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
