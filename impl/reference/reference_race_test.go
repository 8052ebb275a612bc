package reference_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/agent/host"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/impl/reference"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case explore.Role:
		explore.Main()
	case agent.Role:
		host.Main(reference.Subject())
	}
	os.Exit(m.Run())
}

func put(text string, wait agent.WireWait) agent.Request {
	return agent.Request{Op: agent.OpBufferPut, Object: "q", Data: new(base64.StdEncoding.EncodeToString([]byte(text))), Wait: &wait}
}

func get(wait agent.WireWait) agent.Request {
	return agent.Request{Op: agent.OpBufferGet, Object: "q", Wait: &wait}
}

// No interleaving of two operations of the one-to-one buffer, with one
// preemption, gives what no order of them gives.
func TestBufferInterleavings(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	w, err := world.New(ctx, world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	e, err := explore.Start(ctx, w, agent.Self("reference"))
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

	const forever, never = agent.WireWait(-1), agent.WireWait(0)
	type ops = []agent.Request
	closes := agent.Request{Op: agent.OpBufferClose, Object: "q"}
	empty, one, full := ops{}, ops{put("1", never)}, ops{put("1", never), put("2", never)}
	for _, x := range []struct {
		name     string
		before   ops // A's
		consumer bool
		a, b     ops
	}{
		{"first put, first get, neither waits", empty, false, ops{put("x", never)}, ops{get(never)}},
		{"put into empty, get waits", empty, true, ops{put("x", forever)}, ops{get(forever)}},
		{"put and get with one inside", one, true, ops{put("x", forever)}, ops{get(forever)}},
		{"put waits, get from full", full, true, ops{put("x", forever)}, ops{get(forever)}},
		{"put refused or not, get from full", full, true, ops{put("x", never)}, ops{get(never)}},
		{"close, get waits", empty, true, ops{closes}, ops{get(forever)}},
		{"put, close", one, true, ops{put("x", forever)}, ops{closes}},
		{"put waits, close", full, true, ops{put("x", forever)}, ops{closes}},
	} {
		t.Run(x.name, func(t *testing.T) {
			name := "/ipckit-" + w.ID() + "-q"
			s := explore.Scenario{Name: x.name, A: x.a, B: x.b}
			add := func(to *[]explore.Step, who string, requests ...agent.Request) {
				for _, r := range requests {
					*to = append(*to, explore.Step{Agent: who, Request: r})
				}
			}
			add(&s.Setup, explore.A, agent.Request{Op: agent.OpBufferCreate, Object: "q", Name: name, Capacity: new(int64(2)), ItemMax: new(int64(16))})
			add(&s.Setup, explore.B, agent.Request{Op: agent.OpBufferOpen, Object: "q", Name: name})
			if x.consumer { // both have their roles
				add(&s.Setup, explore.A, put("0", never))
				add(&s.Setup, explore.B, get(never))
			}
			add(&s.Setup, explore.A, x.before...)
			add(&s.Observe, explore.B, get(never), get(never), get(never))
			r, err := e.Explore(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%v; %d runs, %.0f a second", r, r.Runs, r.Rate())
			if r.Violation != nil {
				t.Errorf("%s\n%s", r.Violation.ID, r.Violation.Text())
			}
			if !r.Decided() {
				t.Errorf("%+v: want it decided", r)
			}
		})
	}
}
