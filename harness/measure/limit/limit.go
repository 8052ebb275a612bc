// Package limit measures what the machine itself allows: agents that answer as those
// of a subject do, and whose measured steps are the bare thing, such as a cache line
// that two processors hand to each other.
//
// They are one-to-one buffers that do nothing but measured roles. What a step is
// depends on the limit and is described at each.
package limit

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
)

// Role is the role of package reexec in which the running binary must call Main.
const Role = "limit"

// variable is the environment variable that says which limit an agent measures.
const variable = "IPCKIT_LIMIT"

// The limits.
const (
	Line  = "limit.line"  // one cache line that two processors write in turn
	Lines = "limit.lines" // a line for each direction, or a ring of lines
	Read  = "limit.read"  // a processor reads what another one has just written
	Copy  = "limit.copy"  // a processor copies its own memory
	Wake  = "limit.wake"  // a process wakes another and waits to be woken
)

// Names lists them.
var Names = []string{Line, Lines, Read, Copy, Wake}

// steps makes the steps of a role of a limit, from the lines of both objects.
type steps func(role string, object, back *memory, size int64) (stretch, error)

// A stretch does the steps from one to below another, and says how long they took,
// ns.
type stretch func(from, to int64) (ns int64, err error)

var limits = map[string]struct {
	steps steps
	roles []string
}{
	Line:  {line, []string{protocol.RolePing, protocol.RolePong}},
	Lines: {lines, []string{protocol.RolePing, protocol.RolePong, protocol.RoleStream, protocol.RoleDrain}},
	Read:  {read, []string{protocol.RoleStream, protocol.RoleDrain}},
	Copy:  {copying, []string{protocol.RoleStream, protocol.RoleDrain}},
	Wake:  {wake, []string{protocol.RolePing, protocol.RolePong}},
}

// Roles are the measured roles that a limit has.
func Roles(name string) []string { return limits[name].roles }

// Subject is the limit of that name, as something that can be hosted and measured.
func Subject(name string) (subject.Subject, bool) {
	l, ok := limits[name]
	if !ok {
		return subject.Subject{}, false
	}
	return subject.Subject{Claims: claims(name), OneToOne: buffers{l.steps}}, true
}

func claims(name string) subject.Claims {
	waiting := "spin"
	if name == Wake {
		waiting = "sleep"
	}
	return subject.Claims{
		Subject: name, Version: "1", Language: "Go",
		Profiles: subject.Profiles{OneToOne: &subject.BufferProfile{
			Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 1 << 20}},
			Item:     subject.Item{Max: subject.Size(largest)},
			Waiting:  waiting,
		}},
	}
}

// Launcher starts an agent of the limit of that name.
func Launcher(name string) agent.Launcher {
	path, args, env := reexec.Args(Role)
	l := agent.Launcher{Name: name, Path: path, Args: args, Env: os.Environ()}
	for _, v := range append(env, variable+"="+name) {
		l.Env = agent.With(l.Env, v)
	}
	return l
}

// Main is the agent's main. It returns only where there is no such limit.
func Main() error {
	name := os.Getenv(variable)
	s, ok := Subject(name)
	if !ok {
		return fmt.Errorf("there is no limit %q; want one of %s", name, strings.Join(Names, ", "))
	}
	host.Main(s)
	return nil
}

func misfit(role string) error {
	return subject.Errorf(subject.Invalid, "this limit has no role %s", role)
}

func pings(role string) (ping bool, err error) {
	if !slices.Contains([]string{protocol.RolePing, protocol.RolePong}, role) {
		return false, misfit(role)
	}
	return role == protocol.RolePing, nil
}
