// Package program runs a pair of unmodified programs, a producer and a
// consumer, in a world, and observes them from outside: what they print, how
// they end, where they are blocked if they do not end, and which system calls
// they make. It gives no verdict; [Compare] compares the produced items with the
// consumed ones.
package program

import (
	"time"

	"github.com/ipckit/ipckit/harness/ptrace/crash"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// The roles of a pair.
const (
	Producer = "producer"
	Consumer = "consumer"
)

// A Scenario is one way to run a pair. The zero value of every field but Items
// is the ordinary run.
type Scenario struct {
	Items int    // what {items} stands for, and the lines of {file}
	Seed  uint64 // of {seed} and of the content of {file}
	First string // Producer or Consumer: the role that is started first, and is ready before the other is started; "": as the claims say
	Only  string // Producer or Consumer: the other is not started

	// Hold holds the consumer's terminal, as Ctrl-S does, for as long as the
	// producer can continue without the consumer, then releases it for a moment,
	// and so on. That makes a slow consumer without a signal. It has no effect
	// where there is no terminal, or where the producer starts the consumer.
	Hold bool
	// HoldFrom is how many items must have been produced before the first hold.
	HoldFrom int
	// Trace records the mechanisms that the programs use. It slows them down.
	Trace bool

	Limit       time.Duration // for the whole run; 0: DefaultLimit
	Quiet       time.Duration // without a line, a start or an end of a program; 0: DefaultQuiet
	OutputLimit int64         // bytes that each stream may carry; 0: DefaultOutputLimit

	_ struct{}
}

// Defaults of a scenario. They are generous, since a program may sleep between
// items and the machine may be busy. A deadlock is detected earlier; see [Run].
const (
	DefaultLimit       = 60 * time.Second
	DefaultQuiet       = 10 * time.Second
	DefaultOutputLimit = 4 << 20
)

// An Item is one thing that was produced or consumed, as a program printed it.
type Item struct {
	Text     string
	Producer string        // as the pattern's group names it; "": it has none
	Role     string        // of the program that printed it
	Line     int           // in its stream, from 1
	Time     time.Duration // since the start of the run, when the kit read it
}

// A Process is one of the programs that the kit started.
type Process struct {
	Role    string
	Command string // with its placeholders filled in
	Ended   bool   // by itself, or by a signal that the kit did not send
	Exit    world.Exit
	Stopped string        // the signal by which the kit ended it: "SIGINT"; "" where it did not
	After   time.Duration // from the start of the run to its end
	Crash   *crash.Crash  // at its last deadly signal, with Scenario.Trace; nil: it got none

	// Flooded says that the kit ended the process because it printed more than the
	// limit.
	Flooded bool
}

// An Observation is what was observed of a run.
type Observation struct {
	Scenario  Scenario // with its defaults
	Processes []Process
	Produced  []Item // in the order in which the producer printed them
	Consumed  []Item
	Given     []string // the lines of {file}, where a command asks for it

	Outputs   []reports.Output  // the last part of each stream
	Unmatched map[string]string // by role: its first line, if no line matched its pattern

	// Hung are the processes that had not ended when the kit gave up the run, and
	// Why is the reason. Both are empty if the run came to its end.
	Hung []reports.Blocked
	Why  string

	// Cut says that the kit ended a producer that went on after it had produced all
	// items that were asked for. What was under way then is not known, see [Observation.Difference].
	Cut bool

	Uses     []mechanism.Use // mechanisms seen, with Scenario.Trace
	Failures []Failure       // calls that failed, with Scenario.Trace
	Untraced string          // why some or all calls could not be traced; "" if all were
	Held     int             // how often the consumer was held until the producer could not continue

	Did     []string // the steps of the kit, for reports
	Elapsed time.Duration
}

// A Failure is a call that failed in a program or in a process that it started.
type Failure struct {
	Role string
	mechanism.Failure
}

// Process returns the process of a role, or nil.
func (o *Observation) Process(role string) *Process {
	for i := range o.Processes {
		if o.Processes[i].Role == role {
			return &o.Processes[i]
		}
	}
	return nil
}

// Flooded reports whether output was cut off, so that missing items mean nothing.
func (o *Observation) Flooded() bool {
	for _, p := range o.Processes {
		if p.Flooded {
			return true
		}
	}
	return false
}
