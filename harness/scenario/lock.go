package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

func lockObject() object {
	return object{profile: subject.ProfileLock, family: "lock", create: []protocol.Request{
		{Op: protocol.OpLockCreate, Object: "lock", Name: "lock"},
	}}
}

// with is an object beside a region, in which those inside leave something.
func (o object) with(c *subject.Claims) (object, bool) {
	if c.Profiles.Region == nil {
		return o, false
	}
	o.create = append(slices.Clone(o.create), regionObject().create...)
	return o, true
}

// locks are the pairs of a lock's operations. A try that is refused may have
// been in the way of another: both may be refused, but never both granted.
func locks(c *subject.Claims) []Scenario {
	p := c.Profiles.Lock
	if p == nil {
		return nil
	}
	o := lockObject()
	list := o.scenarios(
		sketch{state: "free", a: "try acquire", b: "try acquire", relaxed: true, shows: []string{"LOCK-EXCLUSION", "LOCK-TRY"}},
		sketch{state: "free", a: "acquire, release", b: "acquire, release", observe: "try acquire", shows: []string{"LOCK-WAKE", "LOCK-PROGRESS"}},
		sketch{state: "held", before: "acquire", a: "release", b: "acquire", observe: "try acquire", shows: []string{"LOCK-WAKE", "LOCK-PROGRESS"}},
		sketch{state: "held", before: "acquire", a: "release", b: "try acquire", observe: "try acquire", relaxed: true, shows: []string{"LOCK-TRY"}},
		sketch{state: "refused", before: "acquire, B: try acquire", a: "release", b: "acquire", observe: "try acquire", shows: []string{"LOCK-ABANDONED"}},
	)
	if guarded, ok := o.with(c); ok {
		list = append(list, guarded.scenarios(sketch{
			state: "guarding", before: "acquire, release, B: acquire, B: release", a: "acquire, region.write@0 1, region.write@64 1, release",
			b: "acquire, region.read@0 65, release", shows: []string{"LOCK-EXCLUSION", "LOCK-VISIBLE", "LOCK-WAKE"},
		})...)
	} else if p.Waiting != "spin" { // one of the two waits for ever, which takes long to see of one who spins
		list = append(list, o.scenarios(sketch{state: "free", a: "acquire", b: "try acquire", relaxed: true, shows: []string{"LOCK-EXCLUSION"}})...)
	}
	if slices.Contains(c.Extended, "LOCK-DEADLINE") {
		list = append(list, o.scenarios(sketch{
			state: "held", before: "acquire", a: "release", b: "timed acquire", observe: "try acquire", shows: []string{"LOCK-DEADLINE", "LOCK-ABANDONED"},
		})...)
	}
	if slices.Contains(c.Extended, "LOCK-OWNERDEATH") {
		list = append(list, o.scenarios(sketch{
			state: "free", a: "acquire, release", b: "acquire, release", observe: "try acquire", deaths: true, shows: []string{"LOCK-OWNERDEATH"},
		})...)
	}
	return list
}
