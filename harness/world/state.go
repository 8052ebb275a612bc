package world

import (
	"fmt"
	"os"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// State is what the process is doing. A process that has ended gives
// os.ErrProcessDone. Reading system calls takes the right to trace the process:
// Probe shows whether the host gives it.
func (p *Process) State() (proc.State, error) {
	if p.pid == 0 || !p.Alive() {
		return proc.State{}, os.ErrProcessDone
	}
	state, err := proc.ReadState(p.pid, p.world.depth())
	if !p.Alive() || os.IsNotExist(err) {
		return proc.State{}, os.ErrProcessDone // and what was read may be another's
	}
	if err != nil {
		return proc.State{}, fmt.Errorf("the state of %s (pid %d): %w", p.name, p.pid, err)
	}
	return state, nil
}

// depth is how many PID namespaces lie between this process and the world.
func (w *World) depth() int {
	if w.isolated {
		return 1
	}
	return 0
}
