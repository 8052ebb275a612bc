package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// patient is how long a test waits for what must happen.
const patient = 2 * time.Minute

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case HolderRole:
		Hold()
	case puppetRole:
		os.Exit(perform(os.Getenv(puppetVariable)))
	case kitRole, refusedRole, closedRole: // have the directory of the tests that started it
		os.Exit(m.Run())
	}
	status, err := runInside(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// runInside runs the tests with a directory for temporary files of their own,
// in which nothing may be left.
func runInside(m *testing.M) (status int, err error) {
	dir, err := os.MkdirTemp("", "ipckit-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := errors.Join(os.Chmod(dir, 0o777|os.ModeSticky), os.Setenv("TMPDIR", dir)); err != nil {
		return 0, err
	}
	status = m.Run()
	left, err := filepath.Glob(dir + "/*")
	for _, pid := range proc.Inhabitants(dir) {
		left = append(left, fmt.Sprintf("process %d %s", pid, proc.CommandLine(pid)))
	}
	marked, _ := filepath.Glob("/dev/*/*" + testMark + "*")
	if left = append(left, marked...); len(left) > 0 {
		err = fmt.Errorf("the tests left behind: %q", left)
	}
	return status, err
}

// testMark is in the name of whatever the tests make under fixed names.
var testMark = "ipckit-test-" + strconv.Itoa(os.Getpid())

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	t.Cleanup(cancel)
	return ctx
}

// open makes a world that ends with the test.
func newWorld(t *testing.T, o Options) *World {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	w, err := New(within(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil && !t.Failed() {
			t.Error(err)
		}
	})
	return w
}

// isolatedWorld skips where the host gives no namespaces.
func isolatedWorld(t *testing.T, o Options) *World {
	t.Helper()
	w := newWorld(t, o)
	if !w.Isolated() {
		t.Skip("no namespaces: ", w.Capabilities().Missing())
	}
	return w
}

// everywhere runs a test in a world with namespaces and, one at a time, in one
// without: there, names are the host's.
func everywhere(t *testing.T, o Options, test func(t *testing.T, w *World)) {
	t.Helper()
	t.Parallel()
	t.Run("namespaces", func(t *testing.T) {
		t.Parallel()
		test(t, isolatedWorld(t, o))
	})
	t.Run("none", func(t *testing.T) {
		hostsNames.Lock()
		t.Cleanup(hostsNames.Unlock) // after the world's end
		o.Isolation = None
		test(t, newWorld(t, o))
	})
}

// hostsNames is held by the test that has a world without namespaces.
var hostsNames sync.Mutex

// puppet is the command that performs an act of puppet_test.go.
func puppet(act string, args ...string) Command {
	path, argv, env := reexec.Args(puppetRole)
	return Command{Name: act, Path: path, Args: argv,
		Env: append(os.Environ(), append(env, puppetVariable+"="+act, puppetArguments+"="+strings.Join(args, "\n"))...)}
}

// run performs an act to its end and returns what it printed.
func run(t *testing.T, w *World, act string, args ...string) (string, Exit) {
	t.Helper()
	return runCommand(t, w, puppet(act, args...))
}

func runCommand(t *testing.T, w *World, c Command) (string, Exit) {
	t.Helper()
	out := output(t)
	c.Stdout, c.Stderr = out, out
	p, err := w.Start(within(t), c)
	if err != nil {
		t.Fatal(err)
	}
	e, err := p.Wait(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return contents(t, out), e
}

// must is run for acts that have to succeed.
func must(t *testing.T, w *World, act string, args ...string) string {
	t.Helper()
	text, e := run(t, w, act, args...)
	if !e.OK() {
		t.Fatalf("%s: %v: %s", act, e, text)
	}
	return text
}

// launched starts an act and waits for its first line.
func launched(t *testing.T, w *World, act string, args ...string) (*Process, string) {
	t.Helper()
	out := output(t)
	c := puppet(act, args...)
	c.Stdout, c.Stderr = out, out
	p, err := w.Start(within(t), c)
	if err != nil {
		t.Fatal(err)
	}
	var line string
	eventually(t, act+" prints a line", func() bool {
		text, _, ok := strings.Cut(contents(t, out), "\n")
		line = text
		return ok || !p.Alive()
	})
	return p, line
}

// output is a file that is nowhere: a test that is killed leaves nothing.
func output(t *testing.T) *os.File {
	t.Helper()
	fd, err := unix.MemfdCreate("output", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "output")
	t.Cleanup(func() { f.Close() })
	return f
}

func contents(t *testing.T, f *os.File) string {
	t.Helper()
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<30))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patient); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patient, what)
		}
	}
}
