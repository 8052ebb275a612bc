package check

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/ptrace/crash"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/reports"
)

// death ends the spec because a process of the subject died by itself. It says where
// in its source and why, as far as that is known: of a process that is watched, of a
// Go program, and of one whose library says it before it aborts.
func (w *World) death(died *agent.Died) {
	text, how := died.Error(), "status "+fmt.Sprint(died.Exit.Code)
	if died.Exit.Signal != 0 {
		how = unix.SignalName(died.Exit.Signal)
	}
	var at string
	p := w.processNamed(died.Agent)
	if p != nil && p.watch != nil {
		if c := p.watch.Crash(); c != nil && c.Signal == died.Exit.Signal {
			at = c.String()
			if place := c.Place(); place != "" {
				w.cause = how + " in " + place
			}
		}
	}
	said := p.lastWords()
	if panicked := crash.Panic(said); panicked != "" {
		at, w.cause = panicked, panicked
	} else if line := lastLine(said); line != "" && (died.Exit.Signal == unix.SIGABRT || died.Exit.Code > 0) {
		at = strings.TrimPrefix(fmt.Sprintf("%s; it printed %q", at, line), "; ")
	}
	if at != "" {
		text += ": " + at
	}
	if r := w.spec.requirement; !strings.Contains(strings.ToLower(r.Text+r.Hint), "crash") && !strings.Contains(r.Text+r.Hint, "SIG") {
		w.hint = "Which pointer, length or index does that line use, and which process gave it its value? An address is good in the process alone that made it."
		if died.Exit.Signal == 0 {
			w.hint = "Which function of the subject ends its process, and why is that error no answer to the operation?"
		}
	}
	w.finish(reports.Crash, "%s", text)
}

func (w *World) processNamed(name string) *Process {
	for _, p := range w.processes {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// lastWords is what a process printed on its standard error.
func (p *Process) lastWords() (said string) {
	if p == nil {
		return ""
	}
	for _, o := range p.agent.Output() {
		if o.Stream == "stderr" {
			said += o.Text
		}
	}
	return said
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// watched begins to watch a process, to see where it crashes. Failures are looked at
// again, so that only what has crashed before needs to be watched.
func (w *World) watched(p *Process, l agent.Launcher) {
	if !w.spec.crashed || l.Markers || l.Path == reexec.Self {
		return // its system calls are counted by another tracer, or it says itself where it panics
	}
	p.watch, _ = crash.Follow(p.PID(), func() (others []crash.Neighbour) {
		for _, q := range w.World.Processes() {
			if q.PID() != p.PID() {
				others = append(others, crash.Neighbour{PID: q.PID(), Name: q.Name()})
			}
		}
		return others
	})
}
