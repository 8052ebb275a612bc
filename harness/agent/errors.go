package agent

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// Died says that an agent's process ended before it was asked to.
type Died struct {
	Agent  string
	Exit   world.Exit
	During string // operation under way; "" when there was none
	Half   string // what it had written of a line, quoted and cut; "" where nothing
}

// Error reads "consumer was killed by SIGSEGV in buffer.detach".
func (e *Died) Error() string {
	s := e.Agent
	switch {
	case e.Exit.Signal != 0:
		s += " was killed by " + unix.SignalName(e.Exit.Signal)
	case e.Exit.Code < 0:
		s += " ended in an unknown way"
	default:
		s += fmt.Sprintf(" exited with status %d", e.Exit.Code)
	}
	if e.During != "" {
		s += " in " + e.During
	}
	if e.Exit.Cause != "" {
		s += ": " + e.Exit.Cause
	}
	if e.Half != "" {
		s += ", after half a reply: " + e.Half
	}
	return s
}

// Unstarted says that an agent was started and did not get as far as hello.
type Unstarted struct {
	Output []reports.Output
	err    error
}

func (e *Unstarted) Error() string { return e.err.Error() }
func (e *Unstarted) Unwrap() error { return e.err }

// Printed reports whether the agent printed some text.
func (e *Unstarted) Printed(text string) bool {
	return slices.ContainsFunc(e.Output, func(o reports.Output) bool { return strings.Contains(o.Text, text) })
}

// Busy says that an operation was begun while another was under way.
type Busy struct {
	Agent     string
	Operation string // the one that was begun
	Under     string // the one under way
	Since     time.Duration
}

func (e *Busy) Error() string {
	return fmt.Sprintf("%s cannot begin %s: %s has been under way for %v, and an agent does one operation at a time",
		e.Agent, e.Operation, e.Under, e.Since.Round(time.Millisecond))
}

// Stayed says that an agent answered bye but its process went on; it has been
// killed.
type Stayed struct {
	Agent string
	After time.Duration
}

func (e *Stayed) Error() string {
	return fmt.Sprintf("%s answered bye and was still running %v later; an adapter must exit with status 0 after its answer to bye", e.Agent, e.After)
}
