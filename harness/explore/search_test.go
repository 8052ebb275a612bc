package explore_test

import (
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
)

// repetitions of each exploration, which must all go the same way: more of them
// where IPCKIT_SOAK is set.
var repetitions = func() int {
	if os.Getenv("IPCKIT_SOAK") != "" {
		return 30
	}
	return 3
}()

// Each wrong toy is found, always by the same interleaving; no right one is
// accused.
func TestToys(t *testing.T) {
	for name := range toys {
		if strings.HasPrefix(name, "wrong: ") || strings.HasPrefix(name, "right: ") {
			t.Run(name, func(t *testing.T) { examine(t, name, agent.Self(name), repetitions) })
		}
	}
}

// What else the machine does changes nothing.
func TestToysOnALoadedMachine(t *testing.T) {
	if os.Getenv("IPCKIT_SOAK") == "" {
		t.Skip("needs IPCKIT_SOAK: make soak-explorer")
	}
	busy(t)
	for name := range toys {
		if strings.HasPrefix(name, "wrong: ") || strings.HasPrefix(name, "right: ") {
			t.Run(name, func(t *testing.T) { examine(t, name, agent.Self(name), 2) })
		}
	}
}

// What takes two preemptions is not found with one.
func TestTwoPreemptions(t *testing.T) {
	e, w := start(t, agent.Self("deep: a flag goes up and down"))
	s := scenario(w, nil, ops{put(1)}, ops{get()}, nil)
	exploreOften(t, e, s, false, 2)
	s.Preemptions = 2
	exploreOften(t, e, s, true, 2)
}

// busy keeps twice as many threads busy as there are processors, until the test
// is over.
func busy(t *testing.T) {
	t.Helper()
	var over atomic.Bool
	n := 2 * runtime.NumCPU()
	before := runtime.GOMAXPROCS(n + 2)
	for range n {
		go func() {
			for !over.Load() {
			}
		}()
	}
	t.Cleanup(func() {
		over.Store(true)
		runtime.GOMAXPROCS(before)
	})
}

// examine explores a toy's scenario again and again.
func examine(t *testing.T, name string, l agent.Launcher, times int) {
	t.Helper()
	e, w := start(t, l)
	exploreOften(t, e, cases(w)[name], strings.HasPrefix(name, "wrong: "), times)
}

// undisturbed explores a scenario; as a check does, it tries again where a busy
// machine kept an interleaving from repeating.
func undisturbed(t *testing.T, e *explore.Explorer, s explore.Scenario) (r explore.Result) {
	t.Helper()
	const tries = 3
	for range tries {
		var err error
		if r, err = e.Explore(within(t), s); err != nil {
			t.Fatal(err)
		}
		if r.Violation != nil || r.Decided() {
			break
		}
	}
	return r
}

// exploreOften explores a scenario again and again, and expects the same each
// time.
func exploreOften(t *testing.T, e *explore.Explorer, s explore.Scenario, wrong bool, times int) {
	t.Helper()
	var first *explore.Violation
	for i := range times {
		r := undisturbed(t, e, s)
		if wrong != (r.Violation != nil) || !r.Decided() {
			t.Fatalf("%+v\nwant a violation: %v", r, wrong)
		}
		if i == 0 {
			t.Logf("%v; %d runs, %.0f a second", r, r.Runs, r.Rate())
		}
		switch v := r.Violation; {
		case v == nil:
		case first == nil:
			first = v
			t.Logf("%s\n%s", v.ID, v.Text())
		case v.ID != first.ID || v.Text() != first.Text():
			t.Errorf("found %s\n%s\nbefore it was %s\n%s", v.ID, v.Text(), first.ID, first.Text())
		}
	}
	if first == nil {
		return
	}
	r, err := e.Replay(within(t), s, first.ID)
	if err != nil || r.Violation == nil || r.Violation.Text() != first.Text() {
		t.Errorf("the replay of %s gives %+v, %v", first.ID, r, err)
	}
}
