package puppet

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// patient is how long a test waits for what must happen.
const patient = 60 * time.Second

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case Role:
		Main()
	}
	os.Exit(m.Run())
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	t.Cleanup(cancel)
	return ctx
}

// newWorld makes a world that ends with the test, and looks whether anything of it
// is left on the host then.
func newWorld(t *testing.T, o world.Options) *world.World {
	t.Helper()
	var id string
	t.Cleanup(func() { // after the world's own end
		for _, dir := range []string{os.TempDir(), directory} {
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+id+"*")); id != "" && left != nil {
				t.Errorf("left on the host: %v", left)
			}
		}
	})
	w := worldtest.New(t, o)
	id = w.ID()
	return w
}

func start(t *testing.T, w *world.World, l agent.Launcher) *agent.Agent {
	t.Helper()
	a, err := agent.Start(within(t), w, l, "puppet")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// name is one that no other world uses.
func name(w *world.World, base string) string { return "/puppet-" + w.ID() + "-" + base }

func creation(w *world.World) protocol.Request {
	return protocol.Request{Op: protocol.OpRegionCreate, Object: "r", Name: name(w, "r"), Size: new(int64(4096))}
}

// do asks for the operation in which the puppets of these tests misbehave.
func do(t *testing.T, w *world.World, a *agent.Agent) error {
	t.Helper()
	_, err := a.Do(within(t), creation(w))
	return err
}

// gone expects that the agent's process ends.
func gone(t *testing.T, a *agent.Agent) {
	t.Helper()
	if _, err := a.Process().Wait(within(t)); err != nil {
		t.Error(err)
	}
}

// nothingLeft expects that the world holds nothing any more.
func nothingLeft(t *testing.T, w *world.World) {
	t.Helper()
	found, _ := w.Leftovers(within(t))
	for _, l := range found {
		t.Errorf("left: %v", l)
	}
}

func said(a *agent.Agent, text string) bool {
	for _, o := range a.Output() {
		if strings.Contains(o.Text, text) {
			return true
		}
	}
	return false
}

func TestSlowButCorrect(t *testing.T) {
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(Drip, ""))
	if err := do(t, w, a); err != nil {
		t.Fatal(err)
	}
	r, err := a.Do(within(t), protocol.Request{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(16))})
	if err != nil || string(r.Bytes()) != strings.Repeat("\x00", 16) {
		t.Errorf("%+v, %v", r, err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
}

func TestStdio(t *testing.T) {
	w := newWorld(t, world.Options{})
	l := Launcher(Correct, "")
	l.Stdio = true
	a := start(t, w, l)
	if err := do(t, w, a); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(within(t), protocol.Request{Op: protocol.OpRegionUnlink, Name: name(w, "r")}); err != nil {
		t.Error(err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
	nothingLeft(t, w)
}

func TestEveryBehaviourIsKnown(t *testing.T) {
	seen := map[Behaviour]bool{}
	for _, b := range Behaviours {
		if seen[b] || !known(b) {
			t.Errorf("%q is listed twice or not known", b)
		}
		seen[b] = true
	}
}
