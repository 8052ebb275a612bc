// Package count counts the system calls that an agent makes inside its
// operations, from outside: its operation thread is traced (ptrace(2),
// PTRACE_SYSCALL), and what it calls between the marker calls around an
// operation is counted. An operation without system calls runs without a stop.
//
// Only that thread is looked at: what an implementation has done by a thread or
// process of its own does not show.
//
// A language's run-time makes calls of its own in whatever thread it likes. Of
// Go programs it is known which calls are the run-time's: those made by a
// function of package runtime. See [Seen].
package count

import "time"

// A Tally is what was counted.
type Tally struct {
	Operations int    // that began and ended
	Settled    int    // of these: those too short for a run-time's scheduler to come in, see Seen
	LeftOut    int    // of these: those that were not settled and in which a run-time made calls
	Seen       []Seen // system calls inside them, the most frequent first
	Ended      string // how the thread ended, where it did: "was killed by SIGKILL"
	Blind      string // why no more can be counted on this host, where that is so
}

// Seen is one system call, made from one place in the code.
//
// The Go scheduler takes the processor from a goroutine that ran for 10 ms, and
// that takes system calls. It can hit any operation while the machine is busy.
// An operation is settled if it was over within 5 ms after the thread had
// waited: there the scheduler cannot have come in. Calls of the run-time in
// operations that are not settled are left out.
type Seen struct {
	Name       string // "futex"; "syscall 999" where the number has no name
	By         string // the function that made it, of a Go program; else ""
	Runtime    bool   // it belongs to Go's run-time
	Calls      int
	Operations int // in which it was made
}

// settledWithin is below what makes the Go scheduler act, 10 ms.
const settledWithin = 5 * time.Millisecond

// ByOperation are the calls that are the operations' own doing, and those of
// the run-time where so many of the settled operations made them that they must
// be: an operation that sleeps does so through the run-time.
func (t Tally) ByOperation() []Seen {
	var own []Seen
	for _, s := range t.Seen {
		if !s.Runtime || s.Operations > t.Settled/runtimeShare {
			own = append(own, s)
		}
	}
	return own
}

// runtimeShare: more than one in so many settled operations is no accident.
const runtimeShare = 20

// Decided reports whether enough operations could be looked at to distinguish an
// operation that waits through its run-time from a scheduler that came in.
func (t Tally) Decided() bool { return t.LeftOut <= t.Operations/2 }
