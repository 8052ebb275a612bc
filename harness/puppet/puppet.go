// Package puppet is an agent that misbehaves on command, so that the kit can
// be checked against the worst that a subject may do to it. Unless the behaviour says
// otherwise it hosts a small correct subject, see [Subject].
//
// Unlike a mutant, whose implementation has a fault, a puppet's fault lies in
// the process: in what it says to the kit, how it ends, what it does to its
// surroundings.
package puppet

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/reexec"
)

// Role is the role of package reexec in which the running binary must call
// Main.
const Role = "puppet"

// Environment variables of a puppet.
const (
	behaviourVariable = "IPCKIT_PUPPET"     // behaviour@operation
	kitVariable       = "IPCKIT_PUPPET_KIT" // the kit's PID namespace and uid
)

// Launcher starts a puppet that misbehaves when it meets an operation. An
// empty operation stands for the one where the behaviour makes sense: hello
// for lies, bye for what concerns the end, any operation of the subject for
// the rest.
func Launcher(b Behaviour, operation string) agent.Launcher {
	path, args, env := reexec.Args(Role)
	l := agent.Launcher{Name: "puppet", Path: path, Args: args, Env: os.Environ()}
	for _, variable := range append(env,
		behaviourVariable+"="+string(b)+"@"+operation,
		fmt.Sprintf("%s=%s %d", kitVariable, pidNamespace(), os.Getuid()),
	) {
		l.Env = agent.With(l.Env, variable)
	}
	return l
}

// Main is the puppet's main: it never returns.
func Main() {
	text, operation, _ := strings.Cut(os.Getenv(behaviourVariable), "@")
	b := Behaviour(text)
	if b == daemonSelf {
		time.Sleep(10 * time.Minute) // in case that nothing ends it
		os.Exit(0)
	}
	if !known(b) {
		fmt.Fprintf(os.Stderr, "puppet: there is no behaviour %q; want one of %q\n", b, Behaviours)
		os.Exit(2)
	}
	in, out, err := host.Channels()
	if err != nil {
		fmt.Fprintln(os.Stderr, "puppet:", err)
		os.Exit(2)
	}
	p := &puppet{behaviour: b, operation: operation, in: in, out: out, asked: map[uint64]string{}}
	if err := p.serve(); err != nil {
		fmt.Fprintln(os.Stderr, "puppet:", err)
		os.Exit(2)
	}
	switch b {
	case Stay:
		time.Sleep(10 * time.Minute)
	case ExitOdd:
		os.Exit(9)
	}
	os.Exit(0)
}

// pidNamespace names the PID namespace of this process.
func pidNamespace() string {
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "unknown"
	}
	return ns
}

// contained reports whether a signal to every process stays inside the world: in a
// PID namespace that is not the kit's, or under a user that is not the kit's.
func contained() bool {
	ns, uid, ok := strings.Cut(os.Getenv(kitVariable), " ")
	kit, err := strconv.Atoi(uid)
	if !ok || err != nil || ns == "unknown" || pidNamespace() == "unknown" {
		return false
	}
	return pidNamespace() != ns || unix.Getuid() != 0 && unix.Getuid() != kit
}
