package check

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/reports"
)

// pages gives a region of its own to each of n processes.
func pages(w *World, n int) []*Region {
	list := make([]*Region, n)
	for i := range list {
		var err error
		list[i], err = w.Process(string(rune('a'+i))).CreateRegion(w.ObjectName(string(rune('a'+i))), 4096)
		w.Must(err, "creating")
	}
	return list
}

// TestTogether: each script does all its steps, in its order, and those that can
// go on do, while one process is stopped.
func TestTogether(t *testing.T) {
	const steps = 20
	var done [3]int
	e := testSpec(t, func(w *World) {
		done = [3]int{}
		regions := pages(w, 3)
		var scripts []Script
		for i, r := range regions {
			scripts = append(scripts, func(await Await) {
				for s := range byte(steps) {
					_, err := await(r.BeginWrite(0, []byte{s})).Return()
					w.Must(err, "writing")
					b, err := await(r.BeginRead(0, 1)).Item()
					w.Must(err, "reading")
					if b[0] != s {
						w.Fail("read %d after %d was written", b[0], s)
					}
					done[i]++
				}
				if i > 0 && done[1] == steps && done[2] == steps {
					regions[0].process.Signal(syscall.SIGCONT)
				}
			})
		}
		regions[0].process.Signal(syscall.SIGSTOP)
		w.Together(scripts...)
	})
	if got := e.decide(context.Background()); !got.passed() {
		t.Fatalf("%s: %s", got.verdict, got.message)
	}
	if done != [3]int{steps, steps, steps} {
		t.Errorf("%v steps by script, want %d of each", done, steps)
	}
}

// TestTogetherEndsWithTheFirstFailure: the others are not carried on with.
func TestTogetherEndsWithTheFirstFailure(t *testing.T) {
	ended := 0
	e := testSpec(t, func(w *World) {
		ended = 0
		regions := pages(w, 2)
		w.Together(func(await Await) {
			defer func() { ended++ }()
			for {
				_, _ = await(regions[0].BeginRead(0, 1)).Item()
			}
		}, func(await Await) {
			_, _ = await(regions[1].BeginRead(0, 1)).Item()
			w.Fail("wrong")
		})
	})
	e.suite.Attempts = 1
	if got := e.decide(context.Background()); got.verdict != reports.Fail || got.message != "wrong" || ended != 1 {
		t.Errorf("%s (%s), %d scripts ended", got.verdict, got.message, ended)
	}
}

// TestTogetherHangs: where nobody can go on, it is told who is blocked.
func TestTogetherHangs(t *testing.T) {
	if testing.Short() {
		t.Skip("waits")
	}
	e := testSpec(t, func(w *World) {
		w.spec.suite.Patience = 0 // the usual one, for what is not to be seen here
		regions := pages(w, 2)
		w.spec.suite.Patience = 2 * time.Second
		w.Together(func(await Await) {
			_, _ = await(regions[0].BeginWrite(0, []byte("x"))).Return()
		}, func(Await) {})
	})
	e.suite.Launcher = puppet.Launcher(puppet.Block, "region.write")
	if got := e.decide(context.Background()); got.verdict != reports.Timeout || got.evidence == nil || len(got.evidence.Blocked) != 1 {
		t.Errorf("%+v, want a timeout with one process blocked", got)
	}
}
