package explore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Agents of a scenario.
const (
	A = "A"
	B = "B"
)

// A Step is an operation and the agent that does it, A or B.
type Step struct {
	Agent   string           `json:"agent"`
	Request protocol.Request `json:"request"`
}

// A Scenario is two sequences of operations whose interleavings are explored.
type Scenario struct {
	Name string `json:"name"`

	// Setup makes the objects, before every run anew: names get a suffix that
	// is different in each run. Both agents need a handle on what they share.
	Setup []Step `json:"setup"`

	// A and B are what the two agents do at the same time.
	A []protocol.Request `json:"a"`
	B []protocol.Request `json:"b"`

	// Observe looks at the state afterwards; its replies belong to the outcome.
	// Its steps must not have to wait.
	Observe []Step `json:"observe,omitempty"`

	// Teardown gives everything back. Nil stands for the closing of every
	// handle that Setup opened and the removal of every name that it created.
	Teardown []Step `json:"teardown,omitempty"`

	// Preemptions is how often an agent may be interrupted inside an
	// operation; 0 stands for 1.
	Preemptions int `json:"preemptions,omitempty"`

	// StoreBuffers has the stores of an agent delayed, too, past loads that come
	// behind them, as x86 does: one run of them, past one turn of the other.
	StoreBuffers bool `json:"store_buffers,omitempty"`

	// Joined says that stores may be delayed past the end of their operation,
	// where the operations claim to be sequentially consistent.
	Joined bool `json:"joined,omitempty"`

	// EveryPass has agents switched in every pass of a long loop. Without it
	// the first passes and the last are enough: see [Result].LeftOut.
	EveryPass bool `json:"every_pass,omitempty"`

	// Ends says that there is an order of whole operations in which no agent waits
	// for ever, if the implementation is as it should be.
	Ends bool `json:"ends,omitempty"`

	// First ends a kill sweep at the first death that B does not get over.
	First bool `json:"first,omitempty"`

	// Relaxed allows an operation to be refused with full, empty or timeout as
	// long as another is in flight, as Vyukov's queue does, or two agents that try to
	// get a lock at the same time, whatever it would have been answered in a
	// sequence.
	Relaxed bool `json:"relaxed,omitempty"`
}

// check refuses a scenario that cannot be run.
func (s *Scenario) check() error {
	if len(s.A) == 0 || len(s.B) == 0 {
		return fmt.Errorf("scenario %q: both agents need an operation", s.Name)
	}
	for _, step := range slices.Concat(s.Setup, s.Observe, s.Teardown) {
		if step.Agent != A && step.Agent != B {
			return fmt.Errorf("scenario %q: a step is done by agent %q, want %q or %q", s.Name, step.Agent, A, B)
		}
	}
	for _, r := range slices.Concat(s.A, s.B) {
		if protocol.IsControl(r.Op) || r.Op == protocol.OpWorkload {
			return fmt.Errorf("scenario %q: %s has no marker calls and cannot be explored", s.Name, r.Op)
		}
	}
	return nil
}

// preemptions is the bound.
func (s *Scenario) preemptions() int { return max(s.Preemptions, 1) }

// teardown undoes the setup, last things first.
func (s *Scenario) teardown() []Step {
	if s.Teardown != nil {
		return s.Teardown
	}
	var steps, names []Step
	for _, step := range slices.Backward(s.Setup) {
		family, verb := protocol.Split(step.Request.Op)
		if verb != protocol.Create && verb != protocol.Open {
			continue
		}
		end := protocol.Detach
		if family == protocol.Region {
			end = protocol.Close
		}
		steps = append(steps, Step{step.Agent, protocol.Request{Op: protocol.Op(family, end), Object: step.Request.Object}})
		if verb == protocol.Create {
			names = append(names, Step{step.Agent, protocol.Request{Op: protocol.Op(family, protocol.Unlink), Name: step.Request.Name}})
		}
	}
	return append(steps, names...)
}

// TimeLimit is for how long the operations of a scenario wait that do not wait
// for ever. It has two ends: in a sequence of whole operations it is so long that
// what can be done is done, and waiting for it again and again takes time.
const TimeLimit = 20 * time.Millisecond

// timed reports whether an operation waits, and not for ever. One that sleeps is
// left to itself until its time is up: the other does not come in between. What happens
// when its time is up while others are in the middle of something is the race.
func timed(r protocol.Request) bool { return r.Wait != nil && subject.Wait(*r.Wait) > 0 }

// Describe puts an operation into a few words: "put(1)", "try get".
func Describe(r protocol.Request) string {
	_, verb := protocol.Split(r.Op)
	switch {
	case r.Wait == nil:
	case subject.Wait(*r.Wait) == subject.Never:
		verb = "try " + verb
	case timed(r):
		verb = "timed " + verb
	}
	switch {
	case r.Data != nil:
		return verb + "(" + showBytes(protocol.Reply{Data: r.Data}.Bytes()) + ")"
	case r.Seed != nil && r.Size != nil:
		return fmt.Sprintf("%s(%d bytes)", verb, *r.Size)
	case r.Expected != nil && r.Value != nil:
		return fmt.Sprintf("%s(%s, %s)", verb, showNumber(*r.Expected), showNumber(*r.Value))
	case r.Value != nil:
		return fmt.Sprintf("%s(%s)", verb, showNumber(*r.Value))
	}
	return verb
}

// showBytes shows bytes on one line, different ones differently.
func showBytes(b []byte) string {
	text := string(b)
	printable := len(b) > 0 && strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
	switch {
	case len(b) > 4 && printable && text == strings.Repeat(text[:1], len(b)):
		return fmt.Sprintf("%d×%q", len(b), text[:1])
	case len(b) > 32:
		return fmt.Sprintf("%d bytes %s", len(b), protocol.Hash(b))
	case printable:
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("%x", b)
}
