package explore_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// patient is how long a test waits for what must happen.
const patient = 2 * time.Minute

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case explore.Role:
		becomeExplorer()
	case puppet.Role:
		puppet.Main()
	case agent.Role:
		name := os.Getenv(agent.SubjectVariable)
		if name == noMarkers {
			serveWithoutMarkers()
		}
		host.Main(toySubject(name))
	}
	status := m.Run()
	for _, toys := range builtToys.of {
		if err := toys.adapter.Close(); err != nil {
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

// start starts an explorer, and checks at the end of the test that nothing of
// it is left.
func start(t *testing.T, l agent.Launcher) (*explore.Explorer, *world.World) {
	t.Helper()
	w := worldtest.New(t, world.Options{})
	e, err := explore.Start(within(t), w, l)
	var refused *explore.Refused
	if errors.As(err, &refused) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		for _, p := range w.Processes() {
			t.Errorf("%s (pid %d) is left behind", p.Name(), p.PID())
		}
		if left, _ := w.Leftovers(context.Background()); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	return e, w
}

func put(v byte) protocol.Request {
	return protocol.Request{Op: protocol.OpBufferPut, Object: "q", Data: new(base64.StdEncoding.EncodeToString([]byte{v}))}
}

func get() protocol.Request {
	return protocol.Request{Op: protocol.OpBufferGet, Object: "q"}
}

func by(name string, requests ...protocol.Request) (steps []explore.Step) {
	for _, r := range requests {
		steps = append(steps, explore.Step{Agent: name, Request: r})
	}
	return steps
}

// scenario is one about a buffer that both agents have open, after A has done
// some operations.
func scenario(w *world.World, before, a, b, after []protocol.Request) explore.Scenario {
	name := "/ipckit-" + w.ID() + "-q"
	s := explore.Scenario{Name: "q", A: a, B: b, Observe: by(explore.A, after...)}
	s.Setup = by(explore.A, protocol.Request{Op: protocol.OpBufferCreate, Object: "q", Name: name, Capacity: new(int64(slots)), ItemMax: new(int64(8))})
	s.Setup = append(s.Setup, by(explore.B, protocol.Request{Op: protocol.OpBufferOpen, Object: "q", Name: name})...)
	s.Setup = append(s.Setup, by(explore.A, before...)...)
	return s
}

type ops = []protocol.Request

// cases say what is done with each toy.
func cases(w *world.World) map[string]explore.Scenario {
	counter := scenario(w, nil, ops{put(1)}, ops{put(1)}, ops{get()})
	ring := scenario(w, ops{put(1), put(2)}, ops{put(3)}, ops{get()}, ops{get(), get(), get()})
	event := scenario(w, nil, ops{get()}, ops{put(1)}, nil)
	timed := get()
	timed.Wait = new(protocol.WireWait(explore.TimeLimit))
	limited := scenario(w, nil, ops{timed}, ops{put(1)}, ops{get()})
	flag := scenario(w, nil, ops{put(7)}, ops{get()}, nil)
	stack := scenario(w, ops{put(3), put(2), put(1)}, ops{get()}, ops{get(), get(), put(1)}, ops{get(), get(), get()})
	queue := scenario(w, nil, ops{put(3)}, ops{put(4), get()}, ops{get(), get()})
	queue.Relaxed = true
	return map[string]explore.Scenario{
		"wrong: lost update":         counter,
		"wrong: unlocked count":      counter,
		"wrong: textbook ring":       ring,
		"wrong: lost wake-up":        event,
		"wrong: early flag":          flag,
		"wrong: looks once more":     limited,
		"wrong: stack without a tag": stack,

		"right: compare and swap":    counter,
		"right: futex mutex":         counter,
		"right: spin lock":           counter,
		"right: ring under a mutex":  ring,
		"right: event":               event,
		"right: gives up":            limited,
		"right: flag after the data": flag,
		"right: stack with a tag":    stack,
		"right: Vyukov's queue":      queue,
	}
}
