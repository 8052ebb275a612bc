// Package puppet is an agent that misbehaves on command, so that the kit can
// be checked against the worst that a subject may do to it.
package puppet

import "github.com/ipckit/ipckit/harness/agent"

// Role is the role of package reexec in which the running binary must call
// Main.
const Role = "puppet"

// Launcher starts a puppet that misbehaves as told, in the operation named.
func Launcher(behaviour, operation string) agent.Launcher { return agent.Launcher{Name: "puppet"} }

// Main is the puppet's main: it never returns.
func Main() { panic("puppet: not there yet") }
