package main

import (
	"os"
	"strings"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// playRole is where the binary, started again by itself, becomes a holder, an
// agent or a runner. It comes back only in the original process.
func playRole() {
	switch role := reexec.Role(); role {
	case "":
		return
	case world.HolderRole:
		world.Hold()
	case mechanism.Role:
		mechanism.Main()
	case explore.Role:
		explore.Main()
	case puppet.Role:
		puppet.Main()
	case agent.Role:
		name := os.Getenv(agent.SubjectVariable)
		s, ok := builtIn(name)
		if !ok {
			say("ipckit: no built-in subject %q", name)
			os.Exit(reports.ExitKit)
		}
		host.Main(s)
	case run.Role:
		suite, err := suites.Suite()
		if err != nil {
			say("ipckit: %v", err)
			os.Exit(reports.ExitKit)
		}
		run.Serve(suite)
	default:
		say("ipckit: unknown role %q in %s; unset it", role, reexec.RoleVariable)
		os.Exit(reports.ExitUsage)
	}
}

// Built-in subjects hosted by this binary. A name with a colon is a seeded
// fault: "mutant:ID".
const mutantPrefix = "mutant:"

func isMutant(name string) (id string, ok bool) { return strings.CutPrefix(name, mutantPrefix) }
