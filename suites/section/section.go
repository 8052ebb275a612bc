// Package section holds what the specs of locks, semaphores and reader–writer
// locks share: processes enter a section and leave it, and wait where they may
// not enter.
package section

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// NotGranted is how a try is refused that finds nothing to be granted.
var NotGranted = []subject.Kind{subject.Timeout}

// An Attempt begins what cannot be granted, with a time limit.
type Attempt func(subject.Wait) *check.Call

// GivesUp expects that an attempt which cannot be granted gives up at its time
// limit, and not before.
func GivesUp(w *check.World, limit time.Duration, what string, attempt Attempt) {
	attempt(subject.Wait(limit)).Expires(limit, NotGranted, "%s", what)
}

// Far is a time limit that is never reached. In nanoseconds, or in microseconds with a
// sign, it does not fit into 32 bits.
const Far = subject.Wait(time.Hour)

// crossing is a time limit longer than a second that ends, if it begins late in a
// second, in the second after the next.
const crossing = 1500 * time.Millisecond

// CrossSeconds begins attempts which cannot be granted late in a second of each clock,
// with a time limit that crosses seconds, and expects that none gives up before it.
func CrossSeconds(w *check.World, refusals []subject.Kind, what string, attempts map[check.Clock][]Attempt) {
	var calls []*check.Call
	for _, clock := range []check.Clock{check.Realtime, check.Monotonic} {
		w.Step("%s with a limit of %v, begun late in a second of %v", what, crossing, clock)
		w.LateInSecond(clock)
		for _, attempt := range attempts[clock] {
			calls = append(calls, attempt(subject.Wait(crossing)))
		}
	}
	for _, c := range calls {
		c.Expires(crossing, refusals, "%s, by %s,", what, c.Process().Name())
	}
}

// Patience is the time limit of an attempt that others queue up behind meanwhile.
const Patience = 200 * time.Millisecond

// GivesUpAmong begins attempts one after the other, of which the one at a position has a
// time limit, and lets that one give up. It gives the others, which still wait.
func GivesUpAmong(w *check.World, at int, what string, attempts ...Attempt) (waiting []*check.Call) {
	var limited *check.Call
	for i, attempt := range attempts {
		if i == at {
			limited = attempt(subject.Wait(Patience))
			time.Sleep(Patience / 8) // so that it is in the queue before the next
			continue
		}
		call := attempt(subject.Forever)
		call.Blocks("%s", what)
		waiting = append(waiting, call)
	}
	limited.Expires(Patience, NotGranted, "%s", what)
	return waiting
}

// NotBoth expects that a try is refused because another handle holds the lock. Within
// one process it may be refused in any way: POSIX lets a mutex report that its own
// thread has it (EDEADLK).
func NotBoth(w *check.World, err error, held, tries *check.Process, format string, args ...any) {
	if err == nil || held != tries {
		w.Refused(err, NotGranted, format, args...)
	}
}

// Granted expects that a call which waited is granted now.
func Granted(w *check.World, call *check.Call, format string, args ...any) {
	_, err := call.Return()
	w.Must(err, format, args...)
}

// Interrupted sends signals to a process that waits in a call: it must go on to
// wait until release lets it in.
func Interrupted(w *check.World, call *check.Call, what string, release func()) {
	call.Blocks("%s", what)
	during := call.Process().Disturb(10)
	call.StillBlocked("%s, during %s", what, during)
	release()
	Granted(w, call, "%s, during %s,", what, during)
	call.Process().Interrupted()
}

// Right expects that nothing went wrong in any of the workloads.
func Right(works []*check.Work) {
	for _, x := range works {
		x.Right()
	}
}

// Steps is how many steps a workload has: fewer where processes spin, which delay
// each other when they outnumber the processors.
func Steps(waiting string, steps int64) int64 {
	if waiting == "spin" {
		return steps / 10
	}
	return steps
}

// LostNone expects that the plain counter, which processes add to inside, has counted
// all of them.
func LostNone(w *check.World, s *check.Scratch, total uint64) {
	if n := s.Counter(); n != total {
		w.Fail("an update was lost: %d sections each added 1 to a plain counter, which is %d", total, n)
	}
}

// Inherits expects that the lock of a dead owner was granted, and marked owner-dead.
func Inherits(w *check.World, err error) {
	switch subject.KindOf(err) {
	case subject.OwnerDead:
	case "":
		w.Fail("the lock of a killed owner was granted as if it were free; acquire must return owner-dead")
	default:
		w.Must(err, "acquiring the lock of a killed owner")
	}
}
