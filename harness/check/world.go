package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"sync/atomic"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A World is what one attempt of a spec owns: its processes, the names that it
// uses, its random numbers, and the story of what was done.
type World struct {
	*world.World
	Rand *rand.Rand // reproducible from the run's seed

	ctx     context.Context
	spec    spec
	story   // what was done and seen
	objects // what was made
	part    part
	halting *halting // an operation that is to be halted; nil: none
	gateway *Process // through which the far host reaches the near one; nil: there is one host
	cleanup []func()

	ignoreLeftovers bool
}

// objects are what an attempt made, and has to follow or to give back.
type objects struct {
	processes []*Process
	scratches []*Scratch
	histories int               // recorded so far
	started   int               // processes
	tried     atomic.Int64      // operations, and those of workloads
	samples   int               // files of samples made so far
	linkItems map[string]*int64 // of streams that stand for queues, by name: bytes of an item
}

func newWorld(ctx context.Context, e spec, inner *world.World) *World {
	seed := e.seed()
	return &World{World: inner, Rand: rand.New(rand.NewPCG(seed, seed>>1)), ctx: ctx, spec: e}
}

// Context ends when the run is interrupted.
func (w *World) Context() context.Context { return w.ctx }

// Claims are the subject's.
func (w *World) Claims() subject.Claims { return w.spec.suite.Claims }

// Suite is what the spec was registered in.
func (w *World) Suite() *Suite { return w.spec.suite }

// Claim is the measured promise that is being judged, and false where the
// requirement is not put by one.
func (w *World) Claim() (p subject.Performance, ok bool) {
	if n := w.spec.claim; n > 0 {
		return w.Claims().Performance[n-1], true
	}
	return p, false
}

// Profile is the one in which the requirement is being checked.
func (w *World) Profile() string { return w.spec.profile }

// model is that of the requirement: shared-memory, message-passing …
func (w *World) model() string {
	if f := w.spec.suite.Catalogue.Family(w.spec.requirement.ID); f != nil {
		return f.Model
	}
	return ""
}

// ObjectName makes a system-wide name that no other world uses.
func (w *World) ObjectName(base string) string {
	return "/ipckit-" + w.ID() + "-" + w.part.names + base
}

// Process starts a new process that hosts the subject.
func (w *World) Process(name string) *Process {
	if w.part.host != nil {
		return w.ProcessOn(w.part.host(), name)
	}
	return w.process(name, w.spec.suite.Launcher)
}

// ProcessAs starts one under another user id. The host must allow it; where it
// does not, the requirement is skipped.
func (w *World) ProcessAs(name string, uid int) *Process {
	l := w.spec.suite.Launcher
	l.User = uid
	if l.Dir == "" {
		l.Dir = "/" // the world's directory is closed to others
	}
	return w.process(name, l)
}

// CanChangeUser reports whether ProcessAs can work here, and why not.
func (w *World) CanChangeUser() (ok bool, reason string) {
	if w.User() != os.Getuid() {
		return true, ""
	}
	if reason := w.Capabilities().Reason(world.UnprivilegedUser); reason != "" {
		return false, reason
	}
	return false, fmt.Sprintf("the kit runs as an ordinary user, uid %d, and cannot start processes of another", os.Getuid())
}

func (w *World) process(name string, l agent.Launcher) *Process {
	ctx, cancel := context.WithTimeout(w.ctx, endless*w.spec.suite.patience()) // saying hello has a limit of its own
	defer cancel()
	a, err := agent.Start(ctx, w.World, l, name)
	if err != nil {
		w.broken(name, "start", err)
	}
	p := &Process{world: w, agent: a, objects: map[string]string{}, made: map[string]protocol.Request{}}
	w.watched(p, l)
	w.processes = append(w.processes, p)
	w.started++
	return p
}

// close kills what is left of the world.
func (w *World) close() error {
	for i := len(w.cleanup) - 1; i >= 0; i-- {
		w.cleanup[i]()
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("the world of %s could not be ended: %w", w.spec.requirement.ID, err)
	}
	return nil
}

// Cleanup runs f when the attempt ends, however it ends.
func (w *World) Cleanup(f func()) { w.cleanup = append(w.cleanup, f) }

// settle is how long something that must not happen is given to happen.
const settle = 60 * time.Millisecond

// Progress tells the run how far a long check has come.
func (w *World) Progress(operations, faults int64) {
	if s := w.spec.suite; s.OnProgress != nil {
		s.OnProgress(path.Join(w.spec.requirement.ID, w.spec.profile), operations, faults)
	}
}

// Budget is how long a check may go on that could go on for ever.
func (w *World) Budget() time.Duration { return w.spec.suite.Budget }

// Forget takes processes out of the world's story that have been killed.
func (w *World) Forget() {
	kept := w.processes[:0]
	for _, p := range w.processes {
		if !p.gone {
			kept = append(kept, p)
		}
	}
	w.processes = kept
}

// Seed is the requirement's own stream of random numbers.
func (w *World) Seed() uint64 { return w.spec.seed() }
