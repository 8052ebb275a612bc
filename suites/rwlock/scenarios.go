package rwlock

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

func object() scenario.Object {
	return scenario.Object{Profile: subject.ProfileRWLock, Family: "rwlock", Wakes: []string{"RW-WAKE"}, Create: []protocol.Request{
		{Op: protocol.OpRWLockCreate, Object: "rwlock", Name: "rwlock"},
	}}
}

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	if profile != subject.ProfileRWLock {
		return scenario.Object{}, false
	}
	return object(), true
}

// Scenarios are the pairs of a reader–writer lock's operations; of tries the same
// holds as of those of locks.
func Scenarios(c *subject.Claims) []scenario.Scenario {
	p := c.Profiles.RWLock
	if p == nil {
		return nil
	}
	o := object()
	exclusion, wake, try := []string{"RW-EXCLUSION", "RW-TRY"}, []string{"RW-WAKE"}, []string{"RW-TRY"}
	list := o.Scenarios(
		scenario.Sketch{State: "free", A: "try write", B: "try write", Relaxed: true, Shows: exclusion},
		scenario.Sketch{State: "free", A: "try read", B: "try write", Relaxed: true, Shows: exclusion},
		scenario.Sketch{State: "free", A: "read", B: "read", Observe: "release, B: release, try write", Shows: []string{"RW-SHARED"}},
		scenario.Sketch{State: "free", A: "write, release", B: "write, release", Observe: "try write", Shows: wake},
		scenario.Sketch{State: "free", A: "write, release", B: "read, release", Observe: "try write", Shows: wake},
		scenario.Sketch{State: "written", Before: "write", A: "release", B: "read", Observe: "try write", Shows: wake},
		scenario.Sketch{State: "written", Before: "write", A: "release", B: "write", Observe: "try read", Shows: wake},
		scenario.Sketch{State: "read", Before: "read", A: "release", B: "write", Observe: "try read", Shows: wake},
		scenario.Sketch{State: "written", Before: "write", A: "release", B: "try read", Observe: "try write", Relaxed: true, Shows: try},
		scenario.Sketch{State: "written", Before: "write", A: "release", B: "try write", Observe: "try read", Relaxed: true, Shows: try},
		scenario.Sketch{State: "read", Before: "read", A: "release", B: "try write", Observe: "try read", Relaxed: true, Shows: try},
		scenario.Sketch{State: "refused", Before: "write, B: try read", A: "release", B: "read", Observe: "try write", Shows: []string{"RW-ABANDONED"}},
		scenario.Sketch{State: "refused", Before: "read, B: try write", A: "release", B: "write", Observe: "try read", Shows: []string{"RW-ABANDONED"}},
	)
	if guarded, ok := o.Guarding(c); ok {
		const used = "write, release, B: write, B: release"
		guard := []string{"RW-EXCLUSION", "RW-VISIBLE", "RW-WAKE"}
		list = append(list, guarded.Scenarios(
			scenario.Sketch{
				State: "guarding", Before: used, A: "write, region.write@0 1, region.write@64 1, release",
				B: "read, region.read@0 65, release", Shows: guard,
			},
			scenario.Sketch{
				State: "guarding", Before: used, A: "write, region.write@0 1, region.read@0 1, release",
				B: "write, region.write@0 2, region.read@0 1, release", Shows: guard,
			},
		)...)
	} else if p.Waiting != "spin" { // one waits for ever
		list = append(list, o.Scenarios(
			scenario.Sketch{State: "free", A: "write", B: "try write", Relaxed: true, Shows: exclusion},
			scenario.Sketch{State: "free", A: "write", B: "try read", Relaxed: true, Shows: exclusion},
			scenario.Sketch{State: "free", A: "read", B: "try write", Relaxed: true, Shows: exclusion},
		)...)
	}
	if slices.Contains(c.Extended, "RW-DEADLINE") {
		shows := []string{"RW-DEADLINE", "RW-ABANDONED"}
		list = append(list, o.Scenarios(
			scenario.Sketch{State: "written", Before: "write", A: "release", B: "timed read", Observe: "try write", Shows: shows},
			scenario.Sketch{State: "written", Before: "write", A: "release", B: "timed write", Observe: "try read", Shows: shows},
			scenario.Sketch{State: "read", Before: "read", A: "release", B: "timed write", Observe: "try read", Shows: shows},
		)...)
	}
	if slices.Contains(c.Extended, "RW-OWNERDEATH") {
		death := []string{"RW-OWNERDEATH"}
		list = append(list, o.Scenarios(
			scenario.Sketch{State: "free", A: "write, release", B: "write, release", Observe: "try write", Deaths: true, Shows: death},
			scenario.Sketch{State: "free", A: "write, release", B: "read, release", Observe: "try write", Deaths: true, Shows: death},
			scenario.Sketch{State: "free", A: "read, release", B: "write, release", Observe: "try write", Deaths: true, Shows: death},
		)...)
	}
	if slices.Contains(c.Extended, "RW-EARLYOPEN") {
		list = append(list, o.Missing().Scenarios(scenario.Sketch{
			State: "missing", A: "create", B: "open", Observe: "B: open, B: try write, try read, B: release, try write, release", Shows: []string{"RW-EARLYOPEN"},
		})...)
	}
	return list
}
