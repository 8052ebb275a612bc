package word

import (
	"slices"

	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

func object() scenario.Object {
	o := scenario.Region()
	o.Profile, o.Family = subject.ProfileWord, "word"
	return o
}

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	if profile != subject.ProfileWord {
		return scenario.Object{}, false
	}
	return object(), true
}

// Scenarios are the pairs of operations on one word, whose halves differ, and the
// litmus tests of two.
func Scenarios(c *subject.Claims) []scenario.Scenario {
	if c.Profiles.Word == nil {
		return nil
	}
	const one, two, three = "0x0101010101010101", "0x0202020202020202", "0x0303030303030303"
	tear, add, cas := []string{"WORD-NOTEAR"}, []string{"WORD-ADD"}, []string{"WORD-CAS"}
	o := object()
	list := o.Scenarios(
		scenario.Sketch{State: "zero", A: "store " + one, B: "load", Shows: tear},
		scenario.Sketch{State: "zero", A: "store " + one, B: "store " + two, Observe: "load, B: load", Shows: tear},
		scenario.Sketch{State: "zero", A: "add " + one, B: "add " + two, Observe: "load", Shows: add},
		scenario.Sketch{State: "zero", A: "add " + one, B: "load", Shows: tear},
		scenario.Sketch{State: "zero", A: "add " + one, B: "store " + two, Observe: "load", Shows: add},
		scenario.Sketch{State: "zero", A: "cas 0 " + one, B: "cas 0 " + two, Observe: "load", Shows: cas},
		scenario.Sketch{State: "zero", A: "cas 0 " + one, B: "cas " + one + " " + two, Observe: "load", Shows: cas},
		scenario.Sketch{State: "zero", A: "cas 0 " + one, B: "add " + two, Observe: "load", Shows: append(add, cas...)},
		scenario.Sketch{State: "zero", A: "cas 0 " + one, B: "store " + three, Observe: "load", Shows: cas},
		scenario.Sketch{State: "zero", A: "cas 0 " + one, B: "load", Shows: cas},
		scenario.Sketch{State: "zero", A: "region.write@64 1, store " + one, B: "load, region.read@64 1", Shows: []string{"WORD-PUBLISH"}},
	)
	if slices.Contains(c.Extended, "WORD-REGISTER") {
		list = append(list, o.Scenarios(
			scenario.Sketch{State: "zero", A: "store " + one + ", store " + two, B: "load, load", Shows: []string{"WORD-REGISTER"}},
			scenario.Sketch{State: "zero", A: "store " + one + ", load", B: "store " + two + ", load", Observe: "load", Shows: []string{"WORD-REGISTER"}},
		)...)
	}
	if slices.Contains(c.Extended, "WORD-DEKKER") {
		list = append(list, o.Scenarios(
			scenario.Sketch{State: "zero", A: "store " + one + ", load@64", B: "store@64 " + one + ", load", Joined: true, Shows: []string{"WORD-DEKKER"}},
		)...)
	}
	return list
}
