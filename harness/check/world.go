package check

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// A World is what one attempt of a spec owns: its processes, the names that it
// uses, its random numbers, and the story of what was done.
type World struct {
	*world.World
	Rand *rand.Rand // reproducible from the run's seed

	ctx       context.Context
	entry     entry
	processes []*Process
	scratches []*Scratch
	did       []string
	step      string
	ruledOut  []string
	blocked   []reports.Blocked
	left      []string
	note      string
	trace     string
	cleanup   []func()
	outputs   []reports.Output  // of processes that are no agents
	host      func() Host       // where the next process is started; nil: near
	names     string            // what names begin with, in a part of a spec
	gate      *Process          // through which the far host reaches the near one; nil: there is one host
	chapter   int               // parts so far
	linkItems map[string]*int64 // of streams that stand for queues, by name: bytes of an item
	untidy    bool              // leftovers are not this spec's matter
	raced
	told
}

func newWorld(ctx context.Context, e entry, inner *world.World) *World {
	seed := e.seed()
	return &World{World: inner, Rand: rand.New(rand.NewPCG(seed, seed>>1)), ctx: ctx, entry: e}
}

// Context ends when the run is interrupted.
func (w *World) Context() context.Context { return w.ctx }

// Claims are the subject's.
func (w *World) Claims() subject.Claims { return w.entry.suite.Claims }

// Suite is what the spec was registered in.
func (w *World) Suite() *Suite { return w.entry.suite }

// Profile is the one in which the requirement is being checked.
func (w *World) Profile() string { return w.entry.profile }

// model is that of the requirement: shared-memory, message-passing …
func (w *World) model() string {
	if f := w.entry.suite.Catalogue.Family(w.entry.requirement.ID); f != nil {
		return f.Model
	}
	return ""
}

// ObjectName makes a system-wide name that no other world uses.
func (w *World) ObjectName(base string) string {
	return "/ipckit-" + w.ID() + "-" + w.names + base
}

// Step names what happens next, for the evidence.
func (w *World) Step(format string, args ...any) {
	if w.mute {
		return
	}
	w.step = fmt.Sprintf(format, args...)
	w.did = append(w.did, w.step)
}

// RuledOut notes something that was looked at and is right, which helps those
// who look for the cause of a later failure.
func (w *World) RuledOut(format string, args ...any) {
	w.ruledOut = append(w.ruledOut, fmt.Sprintf(format, args...))
}

// Note gives the figures of a pass, such as the bound that was explored.
func (w *World) Note(format string, args ...any) { w.note = fmt.Sprintf(format, args...) }

// Process starts a new process that hosts the subject.
func (w *World) Process(name string) *Process {
	if w.host != nil {
		return w.ProcessOn(w.host(), name)
	}
	return w.process(name, w.entry.suite.Launcher)
}

// ProcessAs starts one under another user id. The host must allow it; where it
// does not, the requirement is skipped.
func (w *World) ProcessAs(name string, uid int) *Process {
	l := w.entry.suite.Launcher
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
	return false, fmt.Sprintf("the kit runs as an ordinary user, uid %d, who cannot become another", os.Getuid())
}

func (w *World) process(name string, l agent.Launcher) *Process {
	ctx, cancel := context.WithTimeout(w.ctx, endless*w.entry.suite.patience()) // saying hello has a limit of its own
	defer cancel()
	a, err := agent.Start(ctx, w.World, l, name)
	if err != nil {
		w.broken(name, "start", err)
	}
	p := &Process{world: w, agent: a, objects: map[string]string{}}
	w.processes = append(w.processes, p)
	return p
}

// Fail ends the spec: the subject did not do what the requirement says.
func (w *World) Fail(format string, args ...any) { w.stop(reports.Fail, format, args...) }

// Unobserved ends the spec: the subject showed nothing to judge.
func (w *World) Unobserved(format string, args ...any) { w.stop(reports.Unobserved, format, args...) }

// Inconclusive ends the spec: it could not be decided.
func (w *World) Inconclusive(format string, args ...any) {
	w.stop(reports.Inconclusive, format, args...)
}

// Skip ends the spec: this host cannot do what the check needs.
func (w *World) Skip(format string, args ...any) { w.stop(reports.Skipped, format, args...) }

func (w *World) stop(v reports.Verdict, format string, args ...any) {
	panic(stop{verdict: v, message: fmt.Sprintf(format, args...)})
}

// Must ends the spec when err is an error: "what" was refused although it
// ought to have been done.
func (w *World) Must(err error, format string, args ...any) {
	if err != nil {
		w.Fail("%s was refused: %v", fmt.Sprintf(format, args...), err)
	}
}

// Refused ends the spec unless err is a refusal of one of the kinds.
func (w *World) Refused(err error, kinds []subject.Kind, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if err == nil {
		w.Fail("%s was accepted; it must be refused with %s", what, orList(kinds))
	}
	for _, k := range kinds {
		if subject.KindOf(err) == k {
			return
		}
	}
	w.Fail("%s was refused as %q; it must be refused with %s", what, err, orList(kinds))
}

func orList(kinds []subject.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = fmt.Sprintf("%q", k)
	}
	return strings.Join(words, " or ")
}

// noThread is what Go's runtime says as it dies because the host refused a thread.
const noThread = "failed to create new OS thread"

// broken turns an agent's breakdown into a verdict.
func (w *World) broken(process, operation string, err error) {
	var died *agent.Died
	var unsupported *protocol.Unsupported
	var unstarted *agent.Unstarted
	if errors.As(err, &unstarted) {
		w.outputs = append(w.outputs, unstarted.Output...)
	}
	switch {
	case w.ctx.Err() != nil:
		w.stop(reports.KitError, "interrupted")
	case errors.As(err, &died) && errors.As(err, &unstarted) && unstarted.Printed(noThread):
		w.Inconclusive("%s got no thread from this host: raise the limit on processes (ulimit -u, or pids.max of the control group), or check less at a time (--jobs 1)", process)
	case errors.As(err, &died):
		w.stop(reports.Crash, "%s died in %s: %v", process, operation, died)
	case errors.As(err, &unsupported):
		w.stop(reports.Fail, "%s: the subject claims %s but its adapter says %v", process, w.Profile(), err)
	case errors.Is(err, context.DeadlineExceeded):
		w.stop(reports.Timeout, "%s did not answer to %s: %v", process, operation, err)
	case errors.As(err, new(*protocol.Broken)):
		w.stop(reports.Fail, "%s broke the protocol in %s: %v", process, operation, err)
	default:
		panic(kitError{fmt.Errorf("%s: %s: %w", process, operation, err)})
	}
}

// evidence tells the story so far.
func (w *World) evidence(halt stop) *reports.Evidence {
	e := &reports.Evidence{
		Did: lastOf(w.did, 24), Saw: strings.TrimSpace(halt.message), Step: w.step,
		RuledOut: w.ruledOut, Blocked: w.blocked, Left: w.left, Trace: w.trace, Output: w.outputs,
	}
	for _, p := range w.processes {
		e.Output = append(e.Output, p.agent.Output()...)
	}
	return w.raced.add(e)
}

func lastOf(lines []string, n int) []string {
	if len(lines) <= n {
		return lines
	}
	cut := []string{fmt.Sprintf("… %d earlier steps", len(lines)-n)}
	return append(cut, lines[len(lines)-n:]...)
}

// expectNothingLeft ends a spec that went well: everybody leaves, names are
// removed, and then nothing may be there that was not there before.
func (w *World) expectNothingLeft() {
	w.Step("everybody leaves; what is left is looked at")
	for _, p := range w.processes {
		if p != w.gate {
			p.leave()
		}
	}
	if w.gate != nil {
		w.gate.leave() // the others may need it to leave
	}
	found, unseen := w.settled()
	for _, l := range found {
		w.left = append(w.left, l.String())
	}
	if len(found) > 0 {
		w.stop(reports.Leak, "left behind: %s", strings.Join(w.left, "; "))
	}
	if len(unseen) > 0 && w.entry.leftovers {
		var kinds []string
		for _, u := range unseen {
			if u.Kind == world.Queue && w.model() == "shared-memory" {
				continue // nothing that shared memory would leave
			}
			kinds = append(kinds, fmt.Sprintf("%s (%s)", u.Kind, u.Reason))
		}
		if len(kinds) == 0 {
			return
		}
		w.Inconclusive("nothing was found that was left behind, but this host does not let the kit look at: %s", strings.Join(kinds, "; "))
	}
}

// settled gives what is left once nobody is there who might still remove it: a
// server process that ends after its last client needs a moment. Who does not
// end within the patience has been left behind himself.
func (w *World) settled() (found []world.Leftover, unseen []world.Unseen) {
	patience := w.entry.suite.patience()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		alone := len(w.Processes()) == 0
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		found, unseen = w.Leftovers(ctx)
		cancel()
		if len(found) == 0 || alone || time.Now().After(deadline) {
			return found, unseen
		}
	}
}

// end kills what is left of the world.
func (w *World) end() error {
	for i := len(w.cleanup) - 1; i >= 0; i-- {
		w.cleanup[i]()
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("the world of %s could not be ended: %w", w.entry.requirement.ID, err)
	}
	return nil
}

// Cleanup runs f when the attempt ends, however it ends.
func (w *World) Cleanup(f func()) { w.cleanup = append(w.cleanup, f) }

// settle is how long something that must not happen is given to happen.
const settle = 60 * time.Millisecond
