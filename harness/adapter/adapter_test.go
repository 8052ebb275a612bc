package adapter_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// patient is far above what a loaded machine needs.
const patient = 90 * time.Second

func TestMain(m *testing.M) {
	if reexec.Role() == world.HolderRole {
		world.Hold()
	}
	status := m.Run()
	for _, s := range sanitizedSubjects {
		if err := s.adapter.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	t.Cleanup(cancel)
	return ctx
}

// impl is where the shipped subjects and the kit's files for C and Python are.
// They are read from the disk: the harness imports no implementation.
const impl = "../../impl"

func kitFiles() adapter.Files {
	return adapter.Files{FS: os.DirFS(filepath.Join(impl, "c")), Python: os.DirFS(filepath.Join(impl, "python")), Shims: shims}
}

// shims are compiled once for all tests.
var shims = &adapter.Shims{}

func needCompiler(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles, in a world")
	}
	for _, name := range []string{"cc", "gcc", "clang"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	t.Skip("there is no C compiler here: install gcc")
}

func load(t *testing.T, path string) *adapter.Adapter {
	t.Helper()
	a, err := adapter.Load(path, kitFiles())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func build(t *testing.T, a *adapter.Adapter) agent.Launcher {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	l, err := a.Build(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// refused expects that a build fails for a reason of the subject's own, and
// gives it.
func refused(t *testing.T, a *adapter.Adapter, words ...string) *adapter.BuildError {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	_, err := a.Build(within(t))
	var e *adapter.BuildError
	if !errors.As(err, &e) {
		t.Fatalf("the build gives %v, want a *BuildError", err)
	}
	for _, word := range words {
		if !strings.Contains(e.Error(), word) {
			t.Errorf("the error does not say %q:\n%v", word, e)
		}
	}
	return e
}

// place writes files into a fresh directory. A name that ends in + is one of an
// executable.
func place(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		mode := os.FileMode(0o644)
		if n, ok := strings.CutSuffix(name, "+"); ok {
			name, mode = n, 0o755
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func begin(t *testing.T, w *world.World, l agent.Launcher, name string) *agent.Agent {
	t.Helper()
	a, err := agent.Start(within(t), w, l, name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// do expects that an operation is done.
func do(t *testing.T, a *agent.Agent, r protocol.Request) protocol.Reply {
	t.Helper()
	reply, err := a.Do(within(t), r)
	if err != nil {
		t.Fatalf("%s: %s: %v\n%v", a.Name(), r.Op, err, a.Output())
	}
	return reply
}

// deny expects that an operation is refused in that way.
func deny(t *testing.T, a *agent.Agent, r protocol.Request, kind subject.Kind) {
	t.Helper()
	if _, err := a.Do(within(t), r); subject.KindOf(err) != kind || err == nil {
		t.Fatalf("%s: %s gives %v, want %s", a.Name(), r.Op, err, kind)
	}
}
