package world

import (
	"context"
	"errors"
	"syscall"
)

// A Process is a process of a world.
type Process struct {
	name string
	pid  int
	done chan struct{}
}

var errStub = errors.New("world: not there yet")

// PID is the process's id as this process sees it; 0 when it is not known.
func (p *Process) PID() int { return p.pid }

// InnerPID is the process's id as it sees itself.
func (p *Process) InnerPID() int { return p.pid }

// Name is the role it was started in, or the command's name of a process that
// others started.
func (p *Process) Name() string { return p.name }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit is how the process ended; valid once Done is closed.
func (p *Process) Exit() Exit { return Exit{} }

// Wait waits for the end of the process, or of the context.
func (p *Process) Wait(ctx context.Context) (Exit, error) { return Exit{}, errStub }

// Signal sends a signal. A process that has ended gives os.ErrProcessDone.
func (p *Process) Signal(s syscall.Signal) error { return errStub }

// Kill sends SIGKILL.
func (p *Process) Kill() error { return p.Signal(syscall.SIGKILL) }

// Alive reports whether the process has not ended yet.
func (p *Process) Alive() bool { return false }

// State is what the process is doing.
func (p *Process) State() (State, error) { return State{}, errStub }
