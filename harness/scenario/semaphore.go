package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// semaphoreObject is a semaphore of that value, whose largest is as near to
// maximum as the claims allow.
func semaphoreObject(c *subject.Claims, initial, maximum int64) object {
	if m := c.Profiles.Semaphore.Maximum; m != nil {
		maximum = min(max(maximum, int64(m.Min)), int64(m.Max))
	}
	return object{profile: subject.ProfileSemaphore, family: "semaphore", create: []protocol.Request{
		{Op: protocol.OpSemaphoreCreate, Object: "semaphore", Name: "semaphore", Initial: &initial, Maximum: &maximum},
	}}
}

// room is how many the semaphore can hold.
func (o object) room() int64 { return *o.create[0].Maximum }

func semaphores(c *subject.Claims) (list []Scenario) {
	p := c.Profiles.Semaphore
	if p == nil {
		return nil
	}
	zero, one := semaphoreObject(c, 0, 4), semaphoreObject(c, 1, 4)
	list = append(list, zero.scenarios(
		sketch{state: "zero", a: "post", b: "wait", observe: "try wait", shows: []string{"SEM-WAKE", "SEM-BLOCK", "SEM-LINEAR"}},
		sketch{state: "zero", a: "post", b: "try wait", observe: "try wait", shows: []string{"SEM-TRY", "SEM-LINEAR"}},
		sketch{state: "refused", before: "try wait, B: try wait", a: "post", b: "wait", observe: "try wait", shows: []string{"SEM-ABANDONED"}},
	)...)
	list = append(list, one.scenarios(
		sketch{state: "one", a: "try wait", b: "try wait", observe: "try wait", shows: []string{"SEM-COUNT", "SEM-TRY"}},
		sketch{state: "one", a: "wait, post", b: "wait, post", observe: "try wait, try wait", shows: []string{"SEM-WAKE", "SEM-LINEAR"}},
	)...)
	if zero.room() >= 2 {
		list = append(list, zero.scenarios(
			sketch{state: "zero", a: "post", b: "post", observe: "try wait, try wait, try wait", shows: []string{"SEM-COUNT", "SEM-LINEAR"}},
			sketch{state: "zero", a: "post, post", b: "wait, wait", observe: "try wait", shows: []string{"SEM-WAKE", "SEM-LINEAR"}},
			sketch{state: "zero", a: "post, post", b: "try wait, wait", observe: "try wait", shows: []string{"SEM-ABANDONED", "SEM-LINEAR"}},
		)...)
		list = append(list, one.scenarios(
			sketch{state: "one", a: "post", b: "wait", observe: "try wait, try wait", shows: []string{"SEM-COUNT", "SEM-LINEAR"}},
		)...)
	}
	if p.Waiting != "spin" { // one waits for ever
		list = append(list, one.scenarios(
			sketch{state: "one", a: "wait", b: "try wait", shows: []string{"SEM-COUNT", "SEM-BLOCK"}},
		)...)
	}
	if slices.Contains(c.Extended, "SEM-DEADLINE") {
		shows := []string{"SEM-DEADLINE", "SEM-ABANDONED"}
		list = append(list, zero.scenarios(sketch{state: "zero", a: "post", b: "timed wait", observe: "try wait, try wait", shows: shows})...)
		if zero.room() >= 2 {
			list = append(list, zero.scenarios(sketch{state: "zero", a: "post, post", b: "timed wait, wait", observe: "try wait, try wait", shows: shows})...)
		}
	}
	if slices.Contains(c.Extended, "SEM-OVERFLOW") {
		least := semaphoreObject(c, 0, 1)
		below, full := least.room()-1, least.room()
		list = append(list, semaphoreObject(c, below, 1).scenarios(
			sketch{state: "below", a: "post", b: "post", shows: []string{"SEM-OVERFLOW"}},
		)...)
		list = append(list, semaphoreObject(c, full, 1).scenarios(
			sketch{state: "full", a: "post", b: "wait", shows: []string{"SEM-OVERFLOW"}},
		)...)
	}
	return list
}
