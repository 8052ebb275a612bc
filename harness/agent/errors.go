package agent

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// Died says that an agent's process ended without being asked to.
type Died struct {
	Agent  string
	Exit   world.Exit
	During string // operation under way; "" when there was none
	Half   string // what it had written of a line, quoted and cut; "" where nothing
}

func (e *Died) Error() string {
	s := e.Agent + " died"
	if e.During != "" {
		s += " in " + e.During
	}
	s += ": " + e.Exit.String()
	if e.Half != "" {
		s += ", having written half a reply: " + e.Half
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
	return fmt.Sprintf("%s answered bye but was still running %v later; an adapter must exit with status 0 after it has answered bye", e.Agent, e.After)
}
