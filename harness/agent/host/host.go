// Package host turns the running process into an agent of a Go subject.
package host

import "github.com/ipckit/ipckit/harness/subject"

// Main is the agent's main: it never returns.
func Main(s subject.Subject) { panic("host: not there yet") }
