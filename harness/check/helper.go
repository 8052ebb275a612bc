package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/world"
)

// How long to wait, at most, for the subject's own processes to come to rest, and
// for how long they must have done nothing.
const (
	settling = 2 * time.Second
	settled  = 5 * time.Millisecond
)

// Settle waits until the processes that the subject itself started, if any, have
// come to rest: until none of them has run between two looks. What a process handed
// to them before it died has arrived by then, or never will. Processes that never
// become idle are not waited for.
func (w *World) Settle() {
	for end := time.Now().Add(settling); time.Now().Before(end); {
		before, asleep := turns(w.helpers())
		if asleep && before == "" {
			return
		}
		time.Sleep(settled)
		if after, still := turns(w.helpers()); asleep && still && after == before {
			return
		}
	}
}

// helpers are the processes that the subject itself has started: those without an
// agent.
func (w *World) helpers() []*world.Process {
	agents := map[int]bool{}
	for _, p := range w.processes {
		agents[p.PID()] = true
	}
	return slices.DeleteFunc(w.Processes(), func(p *world.Process) bool { return agents[p.PID()] })
}

// turns says how often each thread of processes was scheduled, and whether all of
// them sleep. Processes that are ending count as asleep.
func turns(processes []*world.Process) (turns string, asleep bool) {
	var b strings.Builder
	for _, p := range processes {
		state, err := p.State()
		if err != nil {
			continue
		}
		for _, t := range state.Threads {
			if t.State == "R" || t.State == "D" {
				return "", false
			}
			fmt.Fprintf(&b, "%d:%d:%d ", t.TID, t.Waits, t.Preempt)
		}
	}
	return b.String(), true
}
