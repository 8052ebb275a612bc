// Package linear decides whether a recorded history of a shared object was
// allowed: whether it is linearizable (Herlihy and Wing, Linearizability: a
// correctness condition for concurrent objects, 1990). Each kind of object has
// its own checker, which takes near-linear time where a general one needs
// exponential; a violation comes with the two to four operations that prove it.
//
// An operation precedes another iff it returned strictly before the other was
// invoked. A pending operation may have taken effect at any time since its
// invocation, or not at all. Values are distinct, see [history.Value].
package linear

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/history"
)

// An Outcome is the answer of a checker.
type Outcome uint8

// The outcomes. Inconclusive means that the history does not say enough, for example
// since a process died and may have taken a missing value.
const (
	Allowed Outcome = iota
	Violation
	Inconclusive
)

func (o Outcome) String() string {
	return [...]string{"allowed", "violation", "inconclusive"}[o]
}

// A Verdict is an outcome with its reason. A violation is never a false alarm.
type Verdict struct {
	Outcome Outcome
	// Complete says that Allowed means linearizable. If it is false, the checker
	// may have missed a violation, and a report must say so.
	Complete bool
	Reason   string   // one sentence; empty where allowed
	Witness  *Witness // the operations that prove a violation
}

// A Checker decides whether histories of one kind of object were allowed.
type Checker interface {
	// Check decides a history that concerns one object.
	Check(h *history.History) Verdict
}

func allowed(complete bool) Verdict { return Verdict{Outcome: Allowed, Complete: complete} }

func inconclusive(format string, args ...any) Verdict {
	return Verdict{Outcome: Inconclusive, Reason: fmt.Sprintf(format, args...)}
}

// alien is the verdict on a history with an operation that the object does not have.
func alien(object string, o *history.Op) Verdict {
	return inconclusive("the history holds the operation %v, which a %s does not have; select one object of the history first", o.Kind, object)
}
