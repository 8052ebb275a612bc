package agent

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
)

// Role is the role of package reexec in which the running binary must call
// host.Main with the subject that SubjectVariable names.
const Role = "agent"

// SubjectVariable is the environment variable that says which of a binary's
// subjects to host.
const SubjectVariable = "IPCKIT_SUBJECT"

// A Launcher says how to start an agent of a subject.
type Launcher struct {
	Name    string   // of the subject, for messages
	Path    string   // executable
	Args    []string // including argv[0]; nil: the path alone
	Env     []string // complete, but for ControlVariable and what a world adds; nil: that of this process
	Dir     string   // working directory; "" means the world's
	Stdio   bool     // commands on standard input, replies on standard output
	User    int      // as in world.Command
	Far     bool     // as in world.Command
	Markers bool     // ask for the marker system calls around each operation
}

// runtimeSlack is how late timers of a Go agent, and of what it starts, may be. The
// monitor of Go's run-time sleeps for 20 µs at a time while operations wait, which
// took a quarter of the processor time of a check.
const runtimeSlack = time.Millisecond

// Self starts the running binary as an agent of the subject of that name.
func Self(subjectName string) Launcher {
	path, args, env := reexec.Args(Role)
	l := Launcher{Name: subjectName, Path: path, Args: args, Env: os.Environ()}
	for _, variable := range append(env, SubjectVariable+"="+subjectName) {
		l.Env = With(l.Env, variable)
	}
	return l
}

// With is an environment in which a variable, "NAME=value", has that value and
// no other.
func With(env []string, variable string) []string {
	name, _, _ := strings.Cut(variable, "=")
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
	return append(env, variable)
}

// environment is the agent's, complete.
func (l Launcher) environment() []string {
	env, mode := l.Env, "pipes"
	if env == nil {
		env = os.Environ()
	}
	if l.Stdio {
		mode = "stdio"
	}
	return With(env, protocol.ControlVariable+"="+mode)
}

func (l Launcher) arguments() []string {
	if l.Args == nil {
		return []string{l.Path}
	}
	return l.Args
}
