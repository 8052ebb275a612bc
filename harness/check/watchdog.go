package check

import (
	"context"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world/proc"
	"github.com/ipckit/ipckit/reports"
)

// The watchdog looks every beat. When, for a whole standstill, every process
// with an operation under way was asleep in a system call without a time limit,
// used no processor time and was not scheduled once, then none is left that could
// wake another: waiting longer would show nothing. A loaded machine cannot bring
// this about, since a process that waits for a processor does not sleep.
const (
	beat       = 100 * time.Millisecond
	standstill = 2 * time.Second
)

// watch waits for a call. It returns "" when the call returned, else why the wait
// was given up.
func (w *World) watch(c *agent.Call) string {
	deadline := time.NewTimer(w.spec.suite.patience())
	defer deadline.Stop()
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	moved := headway{steps: w.steps()}
	var rest stillness
	for {
		select {
		case <-c.Done():
			return ""
		case <-w.ctx.Done():
			panic(ending{verdict: reports.KitError, message: "interrupted"})
		case <-deadline.C:
			if w.moves(c, &moved) && time.Since(c.Began) < endless*w.spec.suite.patience() {
				deadline.Reset(w.spec.suite.patience())
				continue
			}
			if w.starved(c) {
				deadline.Reset(0)
				continue
			}
			if returned(c) {
				return ""
			}
			return fmt.Sprintf("still under way after %v", time.Since(c.Began).Round(time.Second))
		case <-ticker.C:
			if rest.lasts(w) {
				if returned(c) {
					return ""
				}
				return deadlock
			}
		}
	}
}

// deadlock is why a wait is given up at a standstill.
var deadlock = fmt.Sprintf("deadlock: all processes have slept for %v and none can wake another", standstill)

// stillness is what the world was like at the last look, and since when.
type stillness struct {
	state string
	since time.Time
}

// lasts looks, and reports whether there has been a standstill.
func (s *stillness) lasts(w *World) bool {
	state, asleep := w.snapshot()
	if !asleep || state != s.state {
		s.state, s.since = state, time.Now()
		return false
	}
	return time.Since(s.since) >= standstill
}

// starved looks for a while, once patience is over, whether a process in the world
// waits for a processor, rather than for another process. It does not go on for
// ever: on a loaded machine, a process that polls looks like one that starves.
func (w *World) starved(c *agent.Call) bool {
	if time.Since(c.Began) > slow*w.spec.suite.patience() {
		return false
	}
	var pids []int
	for _, p := range w.Processes() {
		pids = append(pids, p.PID())
	}
	for range looks {
		if returned(c) || proc.Starved(starvation, pids...) {
			return true
		}
	}
	return false
}

func returned(c *agent.Call) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// slow is how many patiences an operation may take whose processes starve;
// starvation is how long a look at them takes, and looks are as many, one after
// the other, as must find that they do not.
const (
	slow       = 12
	starvation = time.Second
	looks      = 3
)

// endless is how many patiences a workload may take that makes progress: one
// that polls slowly is slow, not blocked.
const endless = 20

// headway is how far a workload was at the last look.
type headway struct {
	steps    uint64 // in the scratch files
	finished int64  // as its agent says
}

// moves reports whether a workload has made progress since the last look; other
// operations make none. The scratch files of its processes may show it. Else the
// agent is asked, and has as long for its answer as for an operation: on a loaded
// machine neither comes at once.
func (w *World) moves(c *agent.Call, last *headway) bool {
	if c.Request.Op != protocol.OpWorkload {
		return false
	}
	if steps := w.steps(); steps != last.steps {
		last.steps = steps
		return true
	}
	ctx, cancel := context.WithTimeout(w.ctx, w.spec.suite.patience())
	defer cancel()
	status, err := c.Agent.Status(ctx)
	if err != nil || status.Finished == nil || *status.Finished <= last.finished {
		return false
	}
	last.finished = *status.Finished
	return true
}

// steps counts what the processes of all workloads have done, as far as their
// scratch files say.
func (w *World) steps() (n uint64) {
	for _, s := range w.scratches {
		n += s.Steps()
	}
	return n
}

// snapshot puts the state of every process that has an operation under way, and of
// every process that the subject itself started, into one string, and reports
// whether all of them sleep without a time limit. An agent without an operation
// wakes no process; a server or a child of the subject might.
func (w *World) snapshot() (state string, asleep bool) {
	for _, p := range w.processes {
		if p.gone || p.agent.Pending() == nil {
			continue
		}
		s, sleeping := p.agent.Sleep()
		if !sleeping {
			return "", false
		}
		state += p.Name() + "=" + s + ";"
	}
	if state == "" {
		return "", false
	}
	for _, other := range w.helpers() {
		mark, sleeping := proc.Asleep(other)
		if !sleeping {
			return "", false
		}
		state += mark + ";"
	}
	return state, true
}

// blockedNow lists the processes that have an operation under way, and where.
func (w *World) blockedNow() []reports.Blocked {
	var list []reports.Blocked
	for _, p := range w.processes {
		if p.gone {
			continue
		}
		if c := p.agent.Pending(); c != nil {
			b := p.agent.Where()
			b.Process, b.Operation, b.Seconds = p.Name(), c.Request.Op, time.Since(c.Began).Seconds()
			list = append(list, b)
		}
	}
	return list
}
