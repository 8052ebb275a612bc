package lock

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

func object() scenario.Object {
	return scenario.Object{Profile: subject.ProfileLock, Family: "lock", Wakes: []string{"LOCK-WAKE", "LOCK-PROGRESS"}, Create: []protocol.Request{
		{Op: protocol.OpLockCreate, Object: "lock", Name: "lock"},
	}}
}

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	if profile != subject.ProfileLock {
		return scenario.Object{}, false
	}
	return object(), true
}

// Scenarios are the pairs of a lock's operations. A try that is refused may have
// been in the way of another: both may be refused, but never both granted.
func Scenarios(c *subject.Claims) []scenario.Scenario {
	p := c.Profiles.Lock
	if p == nil {
		return nil
	}
	o := object()
	list := o.Scenarios(
		scenario.Sketch{State: "free", A: "try acquire", B: "try acquire", Relaxed: true, Shows: []string{"LOCK-EXCLUSION", "LOCK-TRY"}},
		scenario.Sketch{State: "free", A: "acquire, release", B: "acquire, release", Observe: "try acquire", Shows: []string{"LOCK-WAKE", "LOCK-PROGRESS"}},
		scenario.Sketch{State: "held", Before: "acquire", A: "release", B: "acquire", Observe: "try acquire", Shows: []string{"LOCK-WAKE", "LOCK-PROGRESS"}},
		scenario.Sketch{State: "held", Before: "acquire", A: "release", B: "try acquire", Observe: "try acquire", Relaxed: true, Shows: []string{"LOCK-TRY"}},
		scenario.Sketch{State: "refused", Before: "acquire, B: try acquire", A: "release", B: "acquire", Observe: "try acquire", Shows: []string{"LOCK-ABANDONED"}},
	)
	if guarded, ok := o.Guarding(c); ok {
		list = append(list, guarded.Scenarios(scenario.Sketch{
			State: "guarding", Before: "acquire, release, B: acquire, B: release", A: "acquire, region.write@0 1, region.write@64 1, release",
			B: "acquire, region.read@0 65, release", Shows: []string{"LOCK-EXCLUSION", "LOCK-VISIBLE", "LOCK-WAKE"},
		})...)
	} else if p.Waiting != "spin" { // one of the two waits for ever, which takes long to see of one that spins
		list = append(list, o.Scenarios(scenario.Sketch{State: "free", A: "acquire", B: "try acquire", Relaxed: true, Shows: []string{"LOCK-EXCLUSION"}})...)
	}
	if slices.Contains(c.Extended, "LOCK-DEADLINE") {
		list = append(list, o.Scenarios(scenario.Sketch{
			State: "held", Before: "acquire", A: "release", B: "timed acquire", Observe: "try acquire", Shows: []string{"LOCK-DEADLINE", "LOCK-ABANDONED"},
		})...)
	}
	if slices.Contains(c.Extended, "LOCK-OWNERDEATH") {
		list = append(list, o.Scenarios(scenario.Sketch{
			State: "free", A: "acquire, release", B: "acquire, release", Observe: "try acquire", Deaths: true, Shows: []string{"LOCK-OWNERDEATH"},
		})...)
	}
	if slices.Contains(c.Extended, "LOCK-EARLYOPEN") {
		list = append(list, o.Missing().Scenarios(scenario.Sketch{
			State: "missing", A: "create", B: "open", Observe: "B: open, B: try acquire, try acquire, B: release, try acquire, release", Shows: []string{"LOCK-EARLYOPEN"},
		})...)
	}
	return list
}
