// Package programs holds whole programs as students hand them in, which are
// checked without changing a line: good and broken are one pair each over shared
// memory, service is a client and a server over a message queue, and faults is a
// pair with a fault to choose for each requirement.
package programs

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed good broken faults service
var files embed.FS

// Good is the correct pair, which also serves as a start for others.
var Good = sub("good")

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return f
}

// Pairs are the directories of the package, each with its ipckit.yaml.
var Pairs = []string{"good", "broken", "faults", "service"}

// A Fault is one way for a pair of programs to be wrong.
type Fault struct {
	ID          string // stable, in words
	Fault       string // what is wrong, as its author might have written it
	Requirement string // that must catch it
	Verdict     string // with which it must be caught: fail, timeout or leak
	At          string // part of the message by which it is caught
	Name        string // in faults/pair.c
}

// Faults lists the faults of faults/pair.c, by requirement.
func Faults() []Fault {
	return []Fault{
		{"program-build", "a name that is not declared anywhere", "PROG-BUILD", "fail", "BUILD", "BUILD"},
		{"program-status", "main of the consumer returns something else than 0", "PROG-RUN", "fail", "consumer ended with exit status 2", "RUN"},
		{"program-narrow", "an item is passed through a type that is too narrow for it", "PROG-CONTENT", "fail", "never produced", "CONTENT"},
		{"program-swapped", "each two items change places", "PROG-ORDER", "fail", "was next", "ORDER"},
		{"program-knows", "the consumer knows what will come, and prints it without waiting", "PROG-ALONE", "fail", "nobody produced anything", "ALONE"},
		{"program-fifo", "a named pipe instead of shared memory", "PROG-MECHANISM", "fail", "mkfifo is forbidden", "MECHANISM"},
		{"program-opens", "the consumer opens the region without being able to create it", "PROG-FIRST", "fail", "No such file", "FIRST"},
		{"program-marker", "the mark of the end stays in the buffer for the next run", "PROG-AGAIN", "timeout", "asleep", "AGAIN"},
		{"program-done", "the consumer looks at the done flag before it looks into the buffer", "PROG-LAST", "fail", "Missing: ", "LAST"},
		{"program-semaphores", "the semaphores are never unlinked", "PROG-NOLEAK", "leak", "semaphore", "NOLEAK"},
	}
}

// Control is the name, in faults/pair.c, of the fault that is none.
const Control = "NONE"

// Write writes a pair's files into a directory that exists. Of faults it is the
// correct pair; see [Fault.Write].
func Write(dir, pair string) error { return write(dir, pair, "") }

// Write writes the pair with the fault into a directory that exists.
func (f Fault) Write(dir string) error { return write(dir, "faults", f.Name) }

func write(dir, pair, fault string) error {
	dirOf := sub(pair)
	entries, err := fs.ReadDir(dirOf, ".")
	if err != nil {
		return fmt.Errorf("no pair of programs is called %q: %w", pair, err)
	}
	for _, e := range entries {
		text, err := fs.ReadFile(dirOf, e.Name())
		if err != nil {
			return err
		}
		if fault != "" {
			text = []byte(strings.ReplaceAll(string(text), "${FAULT:-"+Control+"}", "${FAULT:-"+fault+"}"))
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
