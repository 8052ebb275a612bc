package faults

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/impl/controls"
	"github.com/ipckit/ipckit/impl/programs"
	"github.com/ipckit/ipckit/impl/python"
)

// A Base is what a fault is a mistake in: a Go package, or a directory of sources
// with its claims.
type Base struct {
	Dir string // in the repository

	make func() subject.Subject // with the fault, of a Go package

	files   fs.FS  // of a directory of sources
	selects string // the fault, where the sources have it; else a patch adds it
}

// Sources reports whether the base is a directory of sources.
func (b Base) Sources() bool { return b.files != nil }

// sources are a directory to which a patch adds the fault.
func sources(dir string, files fs.FS) Base { return Base{Dir: dir, files: files} }

func inC() Base { return sources("impl/c/example", c.Example) }

func inPython() Base { return sources("impl/python/example", python.Example) }

func inControl(name string) Base { return sources("impl/controls/"+name, controls.Control(name)) }

// inProgram is the pair of programs that have all faults of theirs, of which the
// claims choose one by a macro.
func inProgram(macro string) Base {
	b := sources("impl/programs/faults", programs.Pair("faults"))
	b.selects = macro
	return b
}

// Write writes the claims and the sources with the fault into a directory that
// exists and has none of these files yet.
func (f Fault) Write(dir string) error {
	if !f.Base.Sources() {
		return fmt.Errorf("fault %s is in a Go package, %s: it has no sources to write", f.ID, f.Base.Dir)
	}
	err := os.CopyFS(dir, f.Base.files)
	switch {
	case err != nil:
	case f.Base.selects != "":
		err = f.choose(filepath.Join(dir, subject.ClaimsFile))
	default:
		err = f.patch(dir)
	}
	if err != nil {
		return fmt.Errorf("fault %s: %w", f.ID, err)
	}
	return nil
}

// choose changes the fault that a pair's claims choose.
func (f Fault) choose(claims string) error {
	text, err := os.ReadFile(claims)
	if err != nil {
		return err
	}
	correct := programs.Selection(programs.Control)
	if !strings.Contains(string(text), correct) {
		return fmt.Errorf("%s/%s does not choose a fault by %s", f.Base.Dir, subject.ClaimsFile, correct)
	}
	return os.WriteFile(claims, []byte(strings.ReplaceAll(string(text), correct, programs.Selection(f.Base.selects))), 0o644)
}
