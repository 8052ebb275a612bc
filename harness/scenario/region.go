package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// regionSize is that of regions: one page.
const regionSize = 4096

func regionObject() object {
	return object{profile: subject.ProfileRegion, family: "region", create: []protocol.Request{
		{Op: protocol.OpRegionCreate, Object: "region", Name: "region", Size: new(int64(regionSize))},
	}}
}

// regions are the pairs of what is done to one byte, or to two that are
// neighbours, and of those who make a region at the same time.
func regions(c *subject.Claims) []Scenario {
	if c.Profiles.Region == nil {
		return nil
	}
	o := regionObject()
	list := o.scenarios(
		sketch{state: "zero", a: "write@8 1", b: "read@8 1", shows: []string{"REG-VISIBLE"}},
		sketch{state: "zero", a: "write@8 1", b: "write@9 2", observe: "read@8 2, B: read@8 2", shows: []string{"REG-VISIBLE"}},
	)
	var making []Scenario
	none := object{profile: o.profile, family: o.family}
	if slices.Contains(c.Extended, "REG-EARLYOPEN") {
		making = append(making, none.scenarios(sketch{state: "missing", a: "create", b: "open", observe: "B: size, B: read@4095 1", shows: []string{"REG-EARLYOPEN"}})...)
	}
	if slices.Contains(c.Extended, "REG-STAMPEDE") {
		making = append(making, none.scenarios(sketch{state: "missing", a: "create", b: "create", shows: []string{"REG-STAMPEDE"}})...)
	}
	for i := range making {
		making[i].steps.Teardown = []explore.Step{
			{Agent: explore.A, Request: protocol.Request{Op: protocol.OpRegionClose, Object: "region"}},
			{Agent: explore.B, Request: protocol.Request{Op: protocol.OpRegionClose, Object: "region"}},
			{Agent: explore.A, Request: protocol.Request{Op: protocol.OpRegionUnlink, Name: "new"}},
		}
	}
	return append(list, making...)
}
