package check

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/ptrace/count"
)

// A Counted is a process the system calls of whose operations are counted.
type Counted struct {
	*Process
	counter *count.Counter
}

// CountedProcess starts a new process that hosts the subject, and counts from
// now on. Where the host does not allow it, the requirement is skipped.
func (w *World) CountedProcess(name string) *Counted {
	l := w.spec.suite.Launcher
	l.Markers, l.Env = true, calm(l.Env)
	p := w.process(name, l)
	thread, known := p.agent.OperationThread()
	if !known {
		w.Unobserved("hello of %s does not say which of its threads does the operations, so their system calls cannot be told from others", name)
	}
	counter, err := count.Watch(p.PID(), thread)
	switch {
	case errors.As(err, new(*count.Refused)):
		w.Skip("%v", err)
	case err != nil:
		panic(kitError{fmt.Errorf("count the system calls of %s: %w", name, err)})
	}
	w.Cleanup(counter.Stop)
	return &Counted{p, counter}
}

// CalmProcess starts a new process that hosts the subject, to be measured.
func (w *World) CalmProcess(name string) *Process {
	l := w.spec.suite.Launcher
	l.Env = calm(l.Env)
	return w.process(name, l)
}

// calm is an environment in which a Go agent's run-time keeps still: no garbage
// is collected, and no goroutine is interrupted. It means nothing to others.
func calm(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	debug := "GODEBUG=asyncpreemptoff=1,updatemaxprocs=0"
	for _, v := range env {
		if settings, ok := strings.CutPrefix(v, "GODEBUG="); ok && settings != "" {
			debug += "," + settings
		}
	}
	return agent.With(agent.With(env, debug), "GOGC=off")
}

// Count counts anew from here.
func (c *Counted) Count() { _ = c.counter.Take() }

// CalledNothing expects that no operation since Count made a system call. It
// gives how many there were.
func (c *Counted) CalledNothing(what string) int {
	own, operations := c.called(what)
	if len(own) > 0 {
		c.world.Fail("%s by %s made system calls: %s", what, c.Name(), made(own, operations))
	}
	return operations
}

// Called is how many system calls the operations since Count made, and which.
func (c *Counted) Called(what string) (calls int64, which string) {
	own, operations := c.called(what)
	for _, s := range own {
		calls += int64(s.Calls)
	}
	return calls, made(own, operations)
}

func (c *Counted) called(what string) (own []count.Seen, operations int) {
	w := c.world
	t := c.counter.Take()
	own = t.ByOperation()
	switch {
	case t.Blind != "":
		w.Skip("system calls cannot be counted here: %s", t.Blind)
	case t.Ended != "":
		w.Fail("%s by %s: the thread that does the operations %s", what, c.Name(), t.Ended)
	case t.Operations == 0:
		w.Unobserved("%s makes no marker calls around its operations, although hello asked for them, so nothing can be counted", c.Name())
	case len(own) == 0 && !t.Decided():
		w.Inconclusive("%s by %s: the language's scheduler ran in %d of %d operations; repeat it on a machine that is less busy", what, c.Name(), t.LeftOut, t.Operations)
	}
	return own, t.Operations
}

// made reads "futex 200 times, in 200 of 200 operations (called by …)".
func made(calls []count.Seen, operations int) string {
	var parts []string
	for _, s := range calls {
		text := fmt.Sprintf("%s %d times, in %d of %d operations", s.Name, s.Calls, s.Operations, operations)
		if s.By != "" {
			text += fmt.Sprintf(" (called by %s)", s.By)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
