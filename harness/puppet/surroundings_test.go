package puppet

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A daemon holds the channels open, which must not keep the kit waiting.
func TestDaemon(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"bye", "kill"} {
		t.Run(b, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(Daemon, protocol.OpRegionCreate))
			if err := do(t, w, a); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			end := map[string]func() error{"bye": func() error { return a.Bye(within(t)) }, "kill": a.Kill}[b]
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > patient/2 {
				t.Errorf("the end took %v", took)
			}
			found, _ := w.Leftovers(within(t))
			var daemon bool
			for _, l := range found {
				daemon = daemon || l.Kind == world.LiveProcess
			}
			if !daemon {
				t.Errorf("the daemon is not among what is left: %v", found)
			}
		})
	}
}

func TestKillAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	if !w.Isolated() {
		t.Skip("no namespaces: kill(-1) would reach beyond the world")
	}
	witness := start(t, w, Launcher(Correct, ""))
	a := start(t, w, Launcher(KillAll, protocol.OpRegionCreate))
	err := do(t, w, a)
	if err != nil && !errors.As(err, new(*agent.Died)) {
		t.Errorf("the one that killed: %v", err)
	}
	gone(t, witness)
	if _, err := witness.Status(within(t)); !errors.As(err, new(*agent.Died)) {
		t.Errorf("the agent that was killed: %v, want *agent.Died", err)
	}
}

func TestFullShm(t *testing.T) {
	w := newWorld(t, world.Options{Limits: world.Limits{ShmSize: 4 << 20}})
	if !w.Isolated() {
		t.Skip("no namespaces: it would be the host's /dev/shm that is filled")
	}
	a := start(t, w, Launcher(FillShm, protocol.OpRegionCreate))
	var refused *subject.Error
	if err := do(t, w, a); !errors.As(err, &refused) || refused.Kind != subject.NoSpace {
		t.Errorf("%v, want no-space", err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
	if found, _ := w.Leftovers(within(t)); len(found) != 1 || found[0].Kind != world.SharedMemory {
		t.Errorf("left: %v, want the file that fills /dev/shm", found)
	}
}

func TestGigabyte(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes tens of megabytes")
	}
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(Gigabyte, protocol.OpRegionCreate))
	var d *agent.Died
	if err := do(t, w, a); !errors.As(err, &d) || !strings.Contains(err.Error(), "output limit") {
		t.Errorf("%v, want *agent.Died with the output limit as its cause", err)
	}
	out := a.Output()
	if len(out) != 1 || !out[0].Cut || len(out[0].Text) > 64<<10 || !strings.Contains(out[0].Text, "dull boy") {
		t.Errorf("%d outputs, want the end of one", len(out))
	}
	nothingLeft(t, w)
}
