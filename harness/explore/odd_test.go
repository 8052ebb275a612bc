package explore_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// Agents that cannot be followed are reported, and do not end the explorer.
func TestOddAgents(t *testing.T) {
	for name, want := range map[string]string{
		"odd: forks":                "forks",
		"odd: executes":             "executes",
		"odd: stops itself":         "stops a process",
		"odd: has itself stopped":   "stop",
		"odd: another thread helps": "another thread",
		noMarkers:                   "marker",

		"odd: maps nothing in its place":                "takes away the mapping",
		"odd: another thread maps nothing in its place": "takes away the mapping",
		"odd: maps a copy in its place":                 "MAP_PRIVATE",
		"odd: looks at a copy":                          "MAP_PRIVATE",
	} {
		t.Run(name, func(t *testing.T) {
			e, w := start(t, agent.Self(name))
			for range 2 {
				r, err := e.Explore(within(t), scenario(w, nil, ops{put(1)}, ops{put(1)}, nil))
				if err != nil || !strings.Contains(r.Unreachable, want) || r.Decided() {
					t.Errorf("%+v, %v; want it out of reach because it %s", r, err, want)
				}
			}
		})
	}
}

const noMarkers = "odd: no markers"

// serveWithoutMarkers hosts a toy and keeps from it that markers are wanted.
func serveWithoutMarkers() {
	in, out, err := host.Channels()
	if err != nil {
		panic(err)
	}
	from, to := io.Pipe()
	go func() {
		for lines := bufio.NewScanner(in); lines.Scan(); {
			_, _ = io.WriteString(to, strings.Replace(lines.Text(), `,"markers":true`, "", 1)+"\n")
		}
		os.Exit(0)
	}()
	_ = host.Serve(toySubject("right: event"), from, out)
	os.Exit(0)
}

// An agent that removes the protection which shows its accesses is protected
// again.
func TestUnprotects(t *testing.T) {
	e, w := start(t, agent.Self("odd: unprotects"))
	r, err := e.Explore(within(t), scenario(w, nil, ops{put(1)}, ops{put(1)}, ops{get()}))
	if err != nil || r.Violation == nil {
		t.Errorf("%+v, %v; want the lost update found", r, err)
	}
}

// An agent that kills the explorer is reported, and nothing of it is left.
func TestKillsTheExplorer(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	e, err := explore.Start(within(t), w, agent.Self("odd: kills its parent"))
	if errors.As(err, new(*explore.Refused)) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Explore(within(t), scenario(w, nil, ops{put(1)}, ops{get()}, nil))
	if err == nil || !strings.Contains(err.Error(), "the explorer ended") {
		t.Errorf("%v; want that the explorer ended", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(patient); len(w.Processes()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %v", w.Processes())
		}
	}
}

// What ends its agent, or never ends, with whole operations already is reported at
// once, and is no matter of interleavings.
func TestBroken(t *testing.T) {
	putGet := func(w *world.World) explore.Scenario { return scenario(w, nil, ops{put(1)}, ops{get()}, nil) }
	afterGet := func(w *world.World) explore.Scenario { return scenario(w, ops{get()}, ops{put(1)}, ops{put(1)}, nil) }
	for name, x := range map[string]struct {
		scenario func(*world.World) explore.Scenario
		fate     explore.Fate
		say      string
	}{
		"odd: no end":                       {putGet, explore.Hangs, "put(01) of A never ends"},
		"odd: yields without end":           {putGet, explore.Hangs, "put(01) of A never ends"},
		"odd: reads and yields without end": {putGet, explore.Hangs, "put(01) of A"},
		"odd: reads without end":            {putGet, explore.Hangs, "put(01) of A"},
		"odd: exits":                        {putGet, explore.Crashes, "put(01) of A ends the agent: exited with status 3"},
		"odd: has no end where it is alone": {afterGet, explore.Hangs, "get of A never ends"},
		"odd: exits where it is alone":      {afterGet, explore.Crashes, "get of A ends the agent: exited with status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, w := start(t, agent.Self(name))
			s := x.scenario(w)
			s.Ends = true
			r, err := e.Explore(within(t), s)
			if err != nil || r.Broken != x.fate || r.Violation != nil || r.Decided() || !strings.Contains(r.String(), x.say) {
				t.Errorf("%+v, %v; want that it %s: %s", r, err, x.fate, x.say)
			}
			t.Logf("%v in %v", r, r.Duration)
			if x.fate == explore.Hangs { // which takes its time again
				return
			}
			if k, err := e.Kill(within(t), s); err != nil || k.Broken != x.fate || k.Decided() {
				t.Errorf("a sweep: %+v, %v; want that it %s", k, err, x.fate)
			}
		})
	}
}

// In a scenario whose author says nothing of its end, waiting for ever may be
// how it is meant.
func TestNoEndIsMeant(t *testing.T) {
	e, w := start(t, agent.Self("wrong: lost wake-up"))
	r, err := e.Explore(within(t), scenario(w, nil, ops{get()}, ops{get()}, nil))
	if err != nil || r.Violation != nil || !r.Decided() {
		t.Errorf("%+v, %v", r, err)
	}
}

// When time is over the search is cut, and says so.
func TestCut(t *testing.T) {
	e, w := start(t, agent.Self("right: spin lock"))
	ctx, cancel := context.WithTimeout(within(t), 5*time.Second)
	defer cancel()
	s := scenario(w, nil, ops{put(1), put(1), put(1)}, ops{put(1), put(1), put(1)}, nil)
	s.Preemptions = 4
	r, err := e.Explore(ctx, s)
	if err != nil || !r.Cut || r.Decided() {
		t.Errorf("%+v, %v; want the search cut", r, err)
	}
	t.Log(r)
}

// What an operation maps is followed from there on.
func TestOpenIsExplored(t *testing.T) {
	e, w := start(t, agent.Self("right: compare and swap"))
	s := scenario(w, nil, nil, ops{put(1)}, nil)
	open := s.Setup[1].Request
	open.Object = "second"
	second := put(1)
	second.Object = "second"
	s.A = ops{open, second}
	s.Observe = by(explore.A, get())
	closes := func(object string) protocol.Request {
		return protocol.Request{Op: protocol.OpBufferDetach, Object: object}
	}
	s.Teardown = append(by(explore.A, closes("second"), closes("q"), protocol.Request{Op: protocol.OpBufferUnlink, Name: open.Name}), by(explore.B, closes("q"))...)
	r, err := e.Explore(within(t), s)
	if err != nil || r.Violation != nil || !r.Decided() || r.Interleavings < 6 {
		t.Errorf("%+v, %v", r, err)
	}
	t.Log(r)
}

// A race that ends a process is a violation like any other.
func TestCrash(t *testing.T) {
	e, w := start(t, agent.Self("odd: crashes"))
	r, err := e.Explore(within(t), scenario(w, nil, ops{put(1)}, ops{put(1)}, ops{get()}))
	if err != nil || r.Violation == nil || !strings.Contains(r.Violation.Outcome.String(), "A=crashed") {
		t.Fatalf("%+v, %v; want A crashed", r, err)
	}
	t.Log(r.Violation.Text())
	if _, err := e.Explore(within(t), scenario(w, nil, ops{get()}, ops{get()}, nil)); err != nil {
		t.Errorf("the next scenario: %v", err)
	}
}

// A setup that is refused is the scenario's fault.
func TestSetupThatFails(t *testing.T) {
	e, w := start(t, agent.Self("right: event"))
	s := scenario(w, nil, ops{get()}, ops{put(1)}, nil)
	s.Setup = s.Setup[1:]
	if _, err := e.Explore(within(t), s); err == nil || !strings.Contains(err.Error(), "setup of scenario") {
		t.Errorf("%v, want an error that names the setup", err)
	}
	if _, err := e.Explore(within(t), cases(w)["right: event"]); err != nil {
		t.Errorf("the next scenario: %v", err)
	}
	s.A = nil
	if _, err := e.Explore(within(t), s); err == nil {
		t.Error("a scenario in which A does nothing was accepted")
	}
}
