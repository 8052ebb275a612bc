package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

func rwlockObject() object {
	return object{profile: subject.ProfileRWLock, family: "rwlock", create: []protocol.Request{
		{Op: protocol.OpRWLockCreate, Object: "rwlock", Name: "rwlock"},
	}}
}

// rwlocks are the pairs of a reader–writer lock's operations; of tries the same
// holds as of those of locks.
func rwlocks(c *subject.Claims) []Scenario {
	p := c.Profiles.RWLock
	if p == nil {
		return nil
	}
	o := rwlockObject()
	exclusion, wake, try := []string{"RW-EXCLUSION", "RW-TRY"}, []string{"RW-WAKE"}, []string{"RW-TRY"}
	list := o.scenarios(
		sketch{state: "free", a: "try write", b: "try write", relaxed: true, shows: exclusion},
		sketch{state: "free", a: "try read", b: "try write", relaxed: true, shows: exclusion},
		sketch{state: "free", a: "read", b: "read", observe: "release, B: release, try write", shows: []string{"RW-SHARED"}},
		sketch{state: "free", a: "write, release", b: "write, release", observe: "try write", shows: wake},
		sketch{state: "free", a: "write, release", b: "read, release", observe: "try write", shows: wake},
		sketch{state: "written", before: "write", a: "release", b: "read", observe: "try write", shows: wake},
		sketch{state: "written", before: "write", a: "release", b: "write", observe: "try read", shows: wake},
		sketch{state: "read", before: "read", a: "release", b: "write", observe: "try read", shows: wake},
		sketch{state: "written", before: "write", a: "release", b: "try read", observe: "try write", relaxed: true, shows: try},
		sketch{state: "written", before: "write", a: "release", b: "try write", observe: "try read", relaxed: true, shows: try},
		sketch{state: "read", before: "read", a: "release", b: "try write", observe: "try read", relaxed: true, shows: try},
		sketch{state: "refused", before: "write, B: try read", a: "release", b: "read", observe: "try write", shows: []string{"RW-ABANDONED"}},
		sketch{state: "refused", before: "read, B: try write", a: "release", b: "write", observe: "try read", shows: []string{"RW-ABANDONED"}},
	)
	if guarded, ok := o.with(c); ok {
		const used = "write, release, B: write, B: release"
		guard := []string{"RW-EXCLUSION", "RW-VISIBLE", "RW-WAKE"}
		list = append(list, guarded.scenarios(
			sketch{
				state: "guarding", before: used, a: "write, region.write@0 1, region.write@64 1, release",
				b: "read, region.read@0 65, release", shows: guard,
			},
			sketch{
				state: "guarding", before: used, a: "write, region.write@0 1, region.read@0 1, release",
				b: "write, region.write@0 2, region.read@0 1, release", shows: guard,
			},
		)...)
	} else if p.Waiting != "spin" { // one waits for ever
		list = append(list, o.scenarios(
			sketch{state: "free", a: "write", b: "try write", relaxed: true, shows: exclusion},
			sketch{state: "free", a: "write", b: "try read", relaxed: true, shows: exclusion},
			sketch{state: "free", a: "read", b: "try write", relaxed: true, shows: exclusion},
		)...)
	}
	if slices.Contains(c.Extended, "RW-DEADLINE") {
		shows := []string{"RW-DEADLINE", "RW-ABANDONED"}
		list = append(list, o.scenarios(
			sketch{state: "written", before: "write", a: "release", b: "timed read", observe: "try write", shows: shows},
			sketch{state: "written", before: "write", a: "release", b: "timed write", observe: "try read", shows: shows},
			sketch{state: "read", before: "read", a: "release", b: "timed write", observe: "try read", shows: shows},
		)...)
	}
	if slices.Contains(c.Extended, "RW-OWNERDEATH") {
		death := []string{"RW-OWNERDEATH"}
		list = append(list, o.scenarios(
			sketch{state: "free", a: "write, release", b: "write, release", observe: "try write", deaths: true, shows: death},
			sketch{state: "free", a: "write, release", b: "read, release", observe: "try write", deaths: true, shows: death},
			sketch{state: "free", a: "read, release", b: "write, release", observe: "try write", deaths: true, shows: death},
		)...)
	}
	return list
}
