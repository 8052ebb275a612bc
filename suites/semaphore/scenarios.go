package semaphore

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

// object is a semaphore of that value, whose largest is as near to
// maximum as the claims allow.
func object(c *subject.Claims, initial, maximum int64) scenario.Object {
	if m := c.Profiles.Semaphore.Maximum; m != nil {
		maximum = min(max(maximum, int64(m.Min)), int64(m.Max))
	}
	return scenario.Object{Profile: subject.ProfileSemaphore, Family: "semaphore", Wakes: []string{"SEM-WAKE"}, Create: []protocol.Request{
		{Op: protocol.OpSemaphoreCreate, Object: "semaphore", Name: "semaphore", Initial: &initial, Maximum: &maximum},
	}}
}

// room is how many the semaphore can hold.
func room(o scenario.Object) int64 { return *o.Create[0].Maximum }

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	if profile != subject.ProfileSemaphore {
		return scenario.Object{}, false
	}
	return object(c, 0, 3), true
}

// Scenarios are the pairs of a semaphore's operations at the values at which they
// meet: zero, one and the largest.
func Scenarios(c *subject.Claims) (list []scenario.Scenario) {
	p := c.Profiles.Semaphore
	if p == nil {
		return nil
	}
	zero, one := object(c, 0, 4), object(c, 1, 4)
	list = append(list, zero.Scenarios(
		scenario.Sketch{State: "zero", A: "post", B: "wait", Observe: "try wait", Shows: []string{"SEM-WAKE", "SEM-BLOCK", "SEM-LINEAR"}},
		scenario.Sketch{State: "zero", A: "post", B: "try wait", Observe: "try wait", Shows: []string{"SEM-TRY", "SEM-LINEAR"}},
		scenario.Sketch{State: "refused", Before: "try wait, B: try wait", A: "post", B: "wait", Observe: "try wait", Shows: []string{"SEM-ABANDONED"}},
	)...)
	list = append(list, one.Scenarios(
		scenario.Sketch{State: "one", A: "try wait", B: "try wait", Observe: "try wait", Shows: []string{"SEM-COUNT", "SEM-TRY"}},
		scenario.Sketch{State: "one", A: "wait, post", B: "wait, post", Observe: "try wait, try wait", Shows: []string{"SEM-WAKE", "SEM-LINEAR"}},
	)...)
	if room(zero) >= 2 {
		list = append(list, zero.Scenarios(
			scenario.Sketch{State: "zero", A: "post", B: "post", Observe: "try wait, try wait, try wait", Shows: []string{"SEM-COUNT", "SEM-LINEAR"}},
			scenario.Sketch{State: "zero", A: "post, post", B: "wait, wait", Observe: "try wait", Shows: []string{"SEM-WAKE", "SEM-LINEAR"}},
			scenario.Sketch{State: "zero", A: "post, post", B: "try wait, wait", Observe: "try wait", Shows: []string{"SEM-ABANDONED", "SEM-LINEAR"}},
		)...)
		list = append(list, one.Scenarios(
			scenario.Sketch{State: "one", A: "post", B: "wait", Observe: "try wait, try wait", Shows: []string{"SEM-COUNT", "SEM-LINEAR"}},
		)...)
	}
	if p.Waiting != "spin" { // one waits for ever
		list = append(list, one.Scenarios(
			scenario.Sketch{State: "one", A: "wait", B: "try wait", Shows: []string{"SEM-COUNT", "SEM-BLOCK"}},
		)...)
	}
	if slices.Contains(c.Extended, "SEM-DEADLINE") {
		shows := []string{"SEM-DEADLINE", "SEM-ABANDONED"}
		list = append(list, zero.Scenarios(scenario.Sketch{State: "zero", A: "post", B: "timed wait", Observe: "try wait, try wait", Shows: shows})...)
		if room(zero) >= 2 {
			list = append(list, zero.Scenarios(scenario.Sketch{State: "zero", A: "post, post", B: "timed wait, wait", Observe: "try wait, try wait", Shows: shows})...)
		}
	}
	if slices.Contains(c.Extended, "SEM-OVERFLOW") {
		least := object(c, 0, 1)
		below, full := room(least)-1, room(least)
		list = append(list, object(c, below, 1).Scenarios(
			scenario.Sketch{State: "below", A: "post", B: "post", Shows: []string{"SEM-OVERFLOW"}},
		)...)
		list = append(list, object(c, full, 1).Scenarios(
			scenario.Sketch{State: "full", A: "post", B: "wait", Shows: []string{"SEM-OVERFLOW"}},
		)...)
	}
	if slices.Contains(c.Extended, "SEM-EARLYOPEN") {
		list = append(list, object(c, 2, 4).Missing().Scenarios(scenario.Sketch{
			State: "missing", A: "create", B: "open", Observe: "B: open, B: try wait, try wait, B: try wait, B: post, try wait", Shows: []string{"SEM-EARLYOPEN"},
		})...)
	}
	return list
}
