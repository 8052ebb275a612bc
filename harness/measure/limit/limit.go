// Package limit measures what the machine itself allows: agents that answer as those
// of a subject do, and whose measured steps are the bare thing, such as a cache line
// that two processors hand to each other.
//
// They are buffers, semaphores and words that do nothing but measured roles. What a
// step is depends on the limit and is described at each.
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
	steps   steps
	roles   []string
	answers bool // it can also be measured as semaphores
	words   bool // and as words of a region
	sleeps  bool
}{
	Line:  {line, []string{protocol.RolePing, protocol.RolePong}, true, true, false},
	Lines: {lines, []string{protocol.RolePing, protocol.RolePong, protocol.RoleStream, protocol.RoleDrain}, true, true, false},
	Read:  {read, []string{protocol.RoleStream, protocol.RoleDrain}, false, false, false},
	Copy:  {copying, []string{protocol.RoleStream, protocol.RoleDrain}, false, false, false},
	Wake:  {wake, []string{protocol.RolePing, protocol.RolePong}, true, false, true},
}

// Roles are the measured roles that a limit has.
func Roles(name string) []string { return limits[name].roles }

// Subject is the limit of that name, as something that can be hosted and measured.
func Subject(name string) (subject.Subject, bool) {
	l, ok := limits[name]
	if !ok {
		return subject.Subject{}, false
	}
	waiting := "spin"
	if l.sleeps {
		waiting = "sleep"
	}
	f := files{l.steps}
	s := subject.Subject{Claims: subject.Claims{Subject: name, Version: "1", Language: "Go"}}
	p := &s.Claims.Profiles
	s.OneToOne, p.OneToOne = buffers{f}, &subject.BufferProfile{
		Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 1 << 20}}, Item: subject.Item{Max: subject.Size(largest)}, Waiting: waiting,
	}
	if l.answers {
		s.Semaphores, p.Semaphore = semaphores{f}, &subject.SemaphoreProfile{Maximum: &subject.Range{Min: 1, Max: 1 << 20}, Waiting: waiting}
	}
	if l.words {
		s.Regions, p.Region, p.Word = regions{f}, &subject.RegionProfile{Names: "posix", Maximum: largest}, &subject.WordProfile{}
	}
	return s, true
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
