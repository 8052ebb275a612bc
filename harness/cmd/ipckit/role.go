package main

import (
	"errors"
	"os"
	"strings"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// playRole is where the binary, started again by itself, becomes a holder, an
// agent or a runner. It comes back only in the original process.
func playRole() {
	role := reexec.Role()
	if role == "" {
		return
	}
	err := run.Binary{Suite: suites.Suite, Subject: builtIn}.Play(role)
	say("ipckit: %v", err)
	if errors.Is(err, run.ErrUsage) {
		os.Exit(reports.ExitUsage)
	}
	os.Exit(reports.ExitKit)
}

// Built-in subjects hosted by this binary. A name with a colon is a seeded
// fault: "mutant:ID".
const mutantPrefix = "mutant:"

func isMutant(name string) (id string, ok bool) { return strings.CutPrefix(name, mutantPrefix) }
