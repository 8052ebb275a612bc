package explore_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/world"
)

// The toys of testdata/toys/toys.c, by their numbers there.
const (
	cLostUpdate = iota + 1
	cUnlockedAdd
	cLostWakeUp
	cEarlyFlag
	cTornCopy
	cAtomicAdd
	cMutex
	cRobust
	cEvent
	cLateFlag
	cEnds
	cForks
	cRemaps
	cNoEnd
)

// cToys builds toys in C.
func cToys(t *testing.T, dir string) agent.Launcher {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	builtToys.Lock()
	defer builtToys.Unlock()
	if toys, ok := builtToys.of[dir]; ok {
		return toys.launcher
	}
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("there is no C compiler here: install gcc")
	}
	a, err := adapter.Load(dir, adapter.Files{FS: os.DirFS("../../impl/c")})
	if err != nil {
		t.Fatal(err)
	}
	l, err := a.Build(within(t))
	if err != nil {
		t.Fatal(errors.Join(err, a.Close()))
	}
	builtToys.of[dir] = cToy{a, l}
	return l
}

// builtToys are the directories that were built, each once; TestMain removes
// what came of it.
var builtToys = struct {
	sync.Mutex
	of map[string]cToy
}{of: map[string]cToy{}}

type cToy struct {
	adapter  *adapter.Adapter
	launcher agent.Launcher
}

// cCase is the scenario of a toy.
func cCase(w *world.World, toy int64) explore.Scenario {
	s := scenario(w, nil, ops{put(1)}, ops{put(1)}, ops{get()})
	switch toy {
	case cLostWakeUp, cEvent:
		s = scenario(w, nil, ops{get()}, ops{put(1)}, nil)
	case cEarlyFlag, cLateFlag, cTornCopy:
		s = scenario(w, nil, ops{put(7)}, ops{get()}, nil)
	}
	s.Setup[0].Request.Capacity = &toy
	return s
}

func TestToysInC(t *testing.T) {
	e, w := start(t, cToys(t, "testdata/toys"))
	for _, x := range []struct {
		name  string
		toy   int64
		wrong bool
	}{
		{"lost update", cLostUpdate, true},
		{"unlocked add", cUnlockedAdd, true},
		{"lost wake-up", cLostWakeUp, true},
		{"early flag", cEarlyFlag, true},
		{"torn copy", cTornCopy, true},
		{"atomic add", cAtomicAdd, false},
		{"pthread mutex", cMutex, false},
		{"robust pthread mutex", cRobust, false},
		{"event", cEvent, false},
		{"late flag", cLateFlag, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			exploreOften(t, e, cCase(w, x.toy), x.wrong, repetitions)
		})
	}
}

// What C's operations do that cannot be explored is reported, and nothing of it is
// left.
func TestOddToysInC(t *testing.T) {
	e, w := start(t, cToys(t, "testdata/toys"))
	for toy, x := range map[int64]struct {
		fate explore.Fate
		say  string
	}{
		cEnds:   {explore.Crashes, "put(01) of A ends the agent: exited with status 3"},
		cForks:  {"", "the operation forks"},
		cRemaps: {"", "maps other memory in its place"},
		cNoEnd:  {explore.Hangs, "put(01) of A never ends: it goes on and touches no shared memory, at toys.c:"},
	} {
		r, err := e.Explore(within(t), cCase(w, toy))
		if err != nil || r.Broken != x.fate || r.Decided() || !strings.Contains(r.String(), x.say) {
			t.Errorf("%d: %+v, %v; want %q", toy, r, err, x.say)
		}
	}
	exploreOften(t, e, cCase(w, cAtomicAdd), false, 1)
}

// A plain mutex does not survive its owner, a robust one does.
func TestKillSweepInC(t *testing.T) {
	e, w := start(t, cToys(t, "testdata/toys"))
	for toy, hangs := range map[int64]bool{cMutex: true, cRobust: false} {
		k, err := e.Kill(within(t), cCase(w, toy))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v in %v", k, k.Duration)
		if len(k.Points) < 5 || hangs != (k.Count(explore.Hangs) > 0) {
			t.Errorf("%+v\nwant that B hangs: %v", k, hangs)
		}
	}
}
