package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/impl/python"
	"github.com/ipckit/ipckit/reports"
)

const pythonExample = "../../../impl/python/example"

func needPython(t *testing.T) {
	t.Helper()
	if _, err := adapter.Find(python.Interpreter); err != nil {
		t.Skip(err)
	}
}

func TestPythonExampleRaisesNoAlarm(t *testing.T) {
	t.Parallel()
	needPython(t)
	ipckit(t, "check", pythonExample, "--budget", "2s").expect(t, reports.ExitPass, "✓")
}

// The explorer sees what an interpreter does to shared memory as it sees machine
// code: each access, whatever makes it.
func TestPythonExampleIsExplored(t *testing.T) {
	t.Parallel()
	needPython(t)
	if runtime.GOARCH != "amd64" {
		t.Skip("the explorer knows the instructions of amd64 alone")
	}
	ipckit(t, "explore", pythonExample).expect(t, reports.ExitPass)
}

func TestNewPython(t *testing.T) {
	t.Parallel()
	needPython(t)
	dir := filepath.Join(t.TempDir(), "mine")
	ipckit(t, "new", "python", dir).expect(t, reports.ExitPass, "wrote "+filepath.Join(dir, "buffer.py"), "ipckit check")
	ipckit(t, "check", dir, "--only", "BUF-FIFO").expect(t, reports.ExitFail, "not written yet: create, line ", "of buffer.py")
}

// Where nothing can start a subject in Python the kit says so, and what to do;
// its own faults in Python are not run, and that is no failure.
func TestWithoutPython(t *testing.T) {
	t.Parallel()
	c := prepare(t, "check", pythonExample)
	c.Env = append(c.Env, "PATH="+t.TempDir())
	finish(t, c).expect(t, reports.ExitUsage, "python3 is not in PATH", "install python3")

	for _, f := range faults.All() {
		if f.Base.Dir != "impl/python/example" {
			continue
		}
		c = prepare(t, "mutants", "--only", f.ID)
		c.Env = append(c.Env, "PATH="+t.TempDir())
		finish(t, c).expect(t, reports.ExitPass, f.ID+" was not run: python3 is not in PATH")
	}
}

// An interpreter in a directory of root's alone is none for a subject.
func TestWithRootsOwnPython(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user's subjects run as that user")
	}
	dir := t.TempDir()
	own := filepath.Join(dir, python.Interpreter)
	if err := os.WriteFile(own, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := prepare(t, "check", pythonExample)
	c.Env = append(c.Env, "PATH="+dir)
	finish(t, c).expect(t, reports.ExitUsage, own, "unprivileged user", "install python3")
}
