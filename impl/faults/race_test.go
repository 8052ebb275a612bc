package faults_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
	"github.com/ipckit/ipckit/impl/faults"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case explore.Role:
		explore.Main()
	case agent.Role:
		s, ok := faults.Subject(os.Getenv(agent.SubjectVariable))
		if !ok {
			panic("no such mutant")
		}
		host.Main(s)
	}
	os.Exit(m.Run())
}

// The base of the ring's mutants has no race, so that what a check finds in a
// mutant is its fault; and the explorer finds the mutants that forget to wake.
func TestRingInterleavings(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a world")
	}
	for mutant, wrong := range map[string]string{
		faults.Control:            "",
		"ring-wakes-nobody":       "put into empty, get waits",
		"ring-close-wakes-nobody": "close, get waits",
	} {
		t.Run(mutant, func(t *testing.T) { exploreRing(t, mutant, wrong) })
	}
}

// exploreRing expects a violation in the scenario named wrong, and in no other.
func exploreRing(t *testing.T, mutant, wrong string) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	w := worldtest.New(t, world.Options{})
	e, err := explore.Start(ctx, w, agent.Self(mutant))
	var refused *explore.Refused
	if errors.As(err, &refused) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()

	type ops = []protocol.Request
	const forever, never = protocol.WireWait(-1), protocol.WireWait(0)
	put := func(wait protocol.WireWait) protocol.Request {
		return protocol.Request{Op: protocol.OpBufferPut, Object: "q", Data: new(base64.StdEncoding.EncodeToString([]byte("x"))), Wait: &wait}
	}
	get := func(wait protocol.WireWait) protocol.Request {
		return protocol.Request{Op: protocol.OpBufferGet, Object: "q", Wait: &wait}
	}
	closes := protocol.Request{Op: protocol.OpBufferClose, Object: "q"}
	for _, x := range []struct {
		name         string
		before, a, b ops
	}{
		{"put into empty, get waits", ops{}, ops{put(forever)}, ops{get(forever)}},
		{"put waits, get from full", ops{put(never), put(never)}, ops{put(forever)}, ops{get(forever)}},
		{"neither waits", ops{put(never)}, ops{put(never)}, ops{get(never)}},
		{"close, get waits", ops{}, ops{closes}, ops{get(forever)}},
	} {
		t.Run(x.name, func(t *testing.T) {
			name := "/ipckit-" + w.ID() + "-q"
			s := explore.Scenario{Name: x.name, A: x.a, B: x.b}
			s.Setup = []explore.Step{
				{Agent: explore.A, Request: protocol.Request{Op: protocol.OpBufferCreate, Object: "q", Name: name, Capacity: new(int64(2)), ItemMax: new(int64(16))}},
				{Agent: explore.B, Request: protocol.Request{Op: protocol.OpBufferOpen, Object: "q", Name: name}},
			}
			for _, r := range x.before {
				s.Setup = append(s.Setup, explore.Step{Agent: explore.A, Request: r})
			}
			for range 3 {
				s.Observe = append(s.Observe, explore.Step{Agent: explore.B, Request: get(never)})
			}
			r, err := e.Explore(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v; %d runs, %.0f a second", r, r.Runs, r.Rate())
			if r.Violation != nil {
				t.Logf("%s\n%s", r.Violation.ID, r.Violation.Text())
			}
			if !r.Decided() || (r.Violation != nil) != (x.name == wrong) {
				t.Errorf("%+v: want a violation: %v", r, x.name == wrong)
			}
		})
	}
}
