package region

import (
	"slices"

	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	if profile != subject.ProfileRegion {
		return scenario.Object{}, false
	}
	return scenario.Region(), true
}

// Scenarios are the pairs of what is done to one byte, or to two that are
// neighbours, and of processes that make a region at the same time.
func Scenarios(c *subject.Claims) []scenario.Scenario {
	if c.Profiles.Region == nil {
		return nil
	}
	o := scenario.Region()
	list := o.Scenarios(
		scenario.Sketch{State: "zero", A: "write@8 1", B: "read@8 1", Shows: []string{"REG-VISIBLE"}},
		scenario.Sketch{State: "zero", A: "write@8 1", B: "write@9 2", Observe: "read@8 2, B: read@8 2", Shows: []string{"REG-VISIBLE"}},
	)
	if slices.Contains(c.Extended, "REG-EARLYOPEN") {
		list = append(list, o.Missing().Scenarios(scenario.Sketch{State: "missing", A: "create", B: "open", Observe: "B: open, B: size, B: read@4095 1", Shows: []string{"REG-EARLYOPEN"}})...)
	}
	if slices.Contains(c.Extended, "REG-STAMPEDE") {
		list = append(list, o.Missing().Scenarios(scenario.Sketch{State: "missing", A: "create", B: "create", Shows: []string{"REG-STAMPEDE"}})...)
	}
	return list
}
