// Package reexec starts the running binary again in another role.
//
// A Go subject is hosted by the very binary that checks it: the binary runs
// itself with IPCKIT_ROLE set, and what is called first there looks at Role
// before it does anything else. In a plain program that is main. Under go test
// and ginkgo run it is the body of a top-level test, so the child runs
// that test alone and thereby reaches the same call:
//
//	func TestBuffer(t *testing.T) {
//		suites.Check(t, mybuffer)  // dispatches on reexec.Role
//	}
//
// A TestMain of the package runs first in every child, as it does in the
// original.
package reexec

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// RoleVariable is the environment variable that carries the role.
const RoleVariable = "IPCKIT_ROLE"

// Self is the path that starts the running binary again. It is a link that the
// kernel follows without walking a path, so it also serves a user that may not
// enter the directory that holds the binary.
const Self = "/proc/self/exe"

var anchor atomic.Pointer[string]

// Role is what this process was started as: "" in the original process.
func Role() string { return os.Getenv(RoleVariable) }

// Anchor names the top-level test that leads back to the dispatching call, for
// the children started from now on. Plain programs need none; under go test a
// child without one runs no test.
func Anchor(testName string) { anchor.Store(&testName) }

// Args says how to start the running binary in a role: the path to execute, the
// arguments including argv[0], and the variables to add to the environment
// (nothing else is in env).
//
// Under go test the child gets no flag beside -test.run: it is quiet, has no
// time limit and writes no profile. A process that was itself started in a role
// and names no anchor passes on the one that led to it.
func Args(role string) (path string, args []string, env []string) {
	env = []string{RoleVariable + "=" + role}
	test := anchor.Load()
	switch {
	case !testing.Testing():
		args = []string{os.Args[0]}
	case test != nil:
		args = []string{os.Args[0], "-test.run=" + pattern(*test)}
	case Role() != "":
		args = slices.Clone(os.Args)
	default:
		args = []string{os.Args[0], "-test.run=" + pattern("")}
	}
	return Self, args, env
}

// pattern is the value of -test.run that selects one test, or none.
func pattern(test string) string { return "^" + regexp.QuoteMeta(test) + "$" }

// Environment is env with variables set, none of them twice. The last wins, as
// in os/exec: a process that finds two picks one as it likes.
func Environment(env []string, set ...string) []string {
	all := append(slices.Clone(env), set...)
	last := map[string]int{}
	for i, v := range all {
		name, _, _ := strings.Cut(v, "=")
		last[name] = i
	}
	var once []string
	for i, v := range all {
		if name, _, _ := strings.Cut(v, "="); last[name] == i {
			once = append(once, v)
		}
	}
	return once
}
