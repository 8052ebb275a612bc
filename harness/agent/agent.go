package agent

import (
	"context"
	"errors"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

var errStub = errors.New("agent: not there yet")

// Role is the role of package reexec in which the running binary must call
// host.Main with the subject that SubjectVariable names.
const Role = "agent"

// Environment variables of an agent.
const (
	SubjectVariable = "IPCKIT_SUBJECT" // which of a binary's subjects to host
	ControlVariable = "IPCKIT_CONTROL" // pipes or stdio: where commands come from
)

// A Launcher says how to start an agent of a subject.
type Launcher struct {
	Name    string   // of the subject, for messages
	Path    string   // executable
	Args    []string // including argv[0]
	Env     []string // complete, but for what a world adds
	Dir     string   // working directory; "" means the world's
	Stdio   bool     // commands on standard input, replies on standard output
	User    int      // as in world.Command
	Markers bool     // ask for the marker system calls around each operation
}

// Self starts the running binary as an agent of the subject of that name.
func Self(subjectName string) Launcher { return Launcher{Name: subjectName} }

// An Agent is a running process that hosts a subject.
type Agent struct{}

// Start starts an agent in a world and greets it.
func Start(ctx context.Context, w *world.World, l Launcher, name string) (*Agent, error) {
	return nil, errStub
}

// Name is the agent's role in the world.
func (a *Agent) Name() string { return "" }

// Hello is what the agent said of itself.
func (a *Agent) Hello() Reply { return Reply{} }

// Process is the agent's process.
func (a *Agent) Process() *world.Process { return nil }

// Begin sends an operation. One may be under way at a time.
func (a *Agent) Begin(r Request) *Call { return nil }

// Pending is the operation under way, or nil.
func (a *Agent) Pending() *Call { return nil }

// Do sends an operation and waits for its reply.
func (a *Agent) Do(ctx context.Context, r Request) (Reply, error) { return Reply{}, errStub }

// Status asks what the agent is doing.
func (a *Agent) Status(ctx context.Context) (Reply, error) { return Reply{}, errStub }

// Cancel asks the agent to end the operation under way.
func (a *Agent) Cancel(ctx context.Context) (Reply, error) { return Reply{}, errStub }

// Bye ends the agent in order.
func (a *Agent) Bye(ctx context.Context) error { return errStub }

// Kill ends the agent by SIGKILL and waits until it is gone.
func (a *Agent) Kill() error { return errStub }

// Output is the end of what the agent printed.
func (a *Agent) Output() []reports.Output { return nil }

// Where says what the operation under way is waiting for.
func (a *Agent) Where() reports.Blocked { return reports.Blocked{} }

// Sleep reports whether the whole process is asleep without a time limit. state
// changes whenever a thread of it was scheduled.
func (a *Agent) Sleep() (state string, asleep bool) { return "", false }

// Asleep watches the operation thread and reports whether it sleeps.
func (a *Agent) Asleep(ctx context.Context) (asleep, sure bool) { return false, false }
