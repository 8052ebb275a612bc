package explore_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
)

// Agents that cannot be followed are told, and do not end the explorer.
func TestOddAgents(t *testing.T) {
	for name, want := range map[string]string{
		"odd: forks": "forks",
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
