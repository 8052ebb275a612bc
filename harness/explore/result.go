package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Result is what the exploration of a scenario gave.
type Result struct {
	Scenario      string        `json:"scenario"`
	Preemptions   int           `json:"preemptions"`   // the bound
	StoreBuffers  bool          `json:"store_buffers"` // whether stores were delayed, too
	Interleavings int           `json:"interleavings"` // different ones that were run
	Runs          int           `json:"runs"`          // with those of the oracle, and replays
	Duration      time.Duration `json:"duration"`

	// LeftOut are points in the middle of loops that were not switched at; 0
	// where every pass was left: see [Scenario].EveryPass.
	LeftOut int `json:"left_out,omitempty"`

	// Violation is the first interleaving found whose outcome no sequence of
	// whole operations has, and which gave the same outcome when it was
	// repeated; nil where there is none within the bound.
	Violation *Violation `json:"violation,omitempty"`

	// Replayed is the interleaving that [Explorer.Replay] was asked for,
	// whatever its outcome.
	Replayed *Violation `json:"replayed,omitempty"`

	// Inconclusive are interleavings that did not go the same way twice. They
	// say nothing.
	Inconclusive int `json:"inconclusive,omitempty"`

	// Cut says that the time limit ended the search before the bound did.
	Cut bool `json:"cut,omitempty"`

	// Broken says what happens with whole operations already, one after the
	// other: [Crashes] or [Hangs]; "" where nothing does. Unreachable says how.
	Broken Fate `json:"broken,omitempty"`

	// Unreachable says why the agents cannot be explored in this scenario: "the
	// operation forks"; "" where they can.
	Unreachable string `json:"unreachable,omitempty"`
}

// Decided reports whether the scenario was explored up to its bound without a
// gap, or a violation was found.
func (r Result) Decided() bool {
	return r.Violation != nil || r.Unreachable == "" && !r.Cut && r.Inconclusive == 0
}

// Rate is runs a second.
func (r Result) Rate() float64 {
	return float64(r.Runs) / max(r.Duration, time.Microsecond).Seconds()
}

func (r Result) String() string {
	bound := Bound(r.Preemptions, r.StoreBuffers, r.LeftOut > 0)
	switch {
	case r.Broken != "":
		return r.Unreachable
	case r.Unreachable != "":
		return "out of reach: " + r.Unreachable
	case r.Violation != nil:
		return fmt.Sprintf("%s after %d interleavings, %s", r.Violation.Outcome, r.Interleavings, bound)
	}
	s := fmt.Sprintf("no violation in %d interleavings, %s", r.Interleavings, bound)
	if r.Inconclusive > 0 {
		s += fmt.Sprintf("; %d did not repeat and say nothing", r.Inconclusive)
	}
	if r.Cut {
		s += "; cut short by the time limit"
	}
	return s
}

// Bound says up to where interleavings are explored: "1 preemption, with store
// buffers". Some passes says that not every pass of a loop was left.
func Bound(preemptions int, storeBuffers, somePasses bool) string {
	bound := "1 preemption"
	if preemptions != 1 {
		bound = fmt.Sprintf("%d preemptions", preemptions)
	}
	if storeBuffers {
		bound += ", with store buffers"
	}
	if somePasses {
		bound += ", " + Passes
	}
	return bound
}

// A Violation is an interleaving with an outcome that no sequence has.
type Violation struct {
	ID      string    `json:"id"`      // of the interleaving, for [Explorer.Replay]
	Outcome Outcome   `json:"outcome"` // what it led to
	Allowed []Outcome `json:"allowed"` // what sequences of whole operations lead to
	Events  []Event   `json:"events"`  // what was done, in order
}

// An Outcome is what can be known of a run afterwards.
type Outcome struct {
	Answers  [2][]string `json:"answers"` // of A and of B: "ok", "ok \"x\"", "empty"
	Ends     [2]string   `json:"ends"`    // why an agent has not answered all: "waits", "crashed"; "" where it has
	Observed []string    `json:"observed,omitempty"`
}

// key is equal for equal outcomes.
func (o Outcome) key() string { return o.String() }

func (o Outcome) String() string {
	var parts []string
	for i, name := range []string{A, B} {
		said := slices.Clone(o.Answers[i])
		if o.Ends[i] != "" {
			said = append(said, o.Ends[i])
		}
		parts = append(parts, name+"="+cmp.Or(strings.Join(said, ","), "-"))
	}
	if len(o.Observed) > 0 {
		parts = append(parts, "then "+strings.Join(o.Observed, ","))
	}
	return strings.Join(parts, " ")
}

// Stuck reports whether an agent waits for something that never comes.
func (o Outcome) Stuck() bool { return o.Ends[0] == endWaits || o.Ends[1] == endWaits }

// Crashed reports whether an agent ended.
func (o Outcome) Crashed() bool { return o.Ends[0] == endCrashed || o.Ends[1] == endCrashed }

const (
	endWaits   = "waits for ever"
	endCrashed = "crashed"
	endKilled  = "killed"
)

// Kinds of events beside those of accesses.
const (
	kindCall  = "call"  // a system call
	kindWait  = "wait"  // the agent cannot go on by itself
	kindReply = "reply" // the end of an operation
	kindNote  = "note"
)

// An Event is one thing that an agent did.
type Event struct {
	Agent string `json:"agent"`
	Kind  string `json:"kind"` // an AccessKind, call, wait, reply or note

	// Where in the source; as far as it is known.
	Function string `json:"function,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Inside   string `json:"inside,omitempty"` // the library's function called there

	// Of an access. After is nil where nothing changed. Both hold at most the
	// first 64 bytes.
	Region string `json:"region,omitempty"` // shm; shm1, shm2 … of several
	Offset int64  `json:"offset,omitempty"`
	Size   int    `json:"size,omitempty"`
	Before []byte `json:"before,omitempty"`
	After  []byte `json:"after,omitempty"`

	Buffered bool `json:"buffered,omitempty"` // a store that stays in the store buffer for a while

	Text string `json:"text,omitempty"` // of all others: "futex_wake(shm+168)"
}
