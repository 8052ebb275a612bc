package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
)

func wordObject() object {
	o := regionObject()
	o.profile, o.family = subject.ProfileWord, "word"
	return o
}

// words are the pairs of operations on one word, whose halves differ, and the
// litmus tests of two.
func words(c *subject.Claims) []Scenario {
	if c.Profiles.Word == nil {
		return nil
	}
	const one, two, three = "0x0101010101010101", "0x0202020202020202", "0x0303030303030303"
	tear, add, cas := []string{"WORD-NOTEAR"}, []string{"WORD-ADD"}, []string{"WORD-CAS"}
	o := wordObject()
	list := o.scenarios(
		sketch{state: "zero", a: "store " + one, b: "load", shows: tear},
		sketch{state: "zero", a: "store " + one, b: "store " + two, observe: "load, B: load", shows: tear},
		sketch{state: "zero", a: "add " + one, b: "add " + two, observe: "load", shows: add},
		sketch{state: "zero", a: "add " + one, b: "load", shows: tear},
		sketch{state: "zero", a: "add " + one, b: "store " + two, observe: "load", shows: add},
		sketch{state: "zero", a: "cas 0 " + one, b: "cas 0 " + two, observe: "load", shows: cas},
		sketch{state: "zero", a: "cas 0 " + one, b: "cas " + one + " " + two, observe: "load", shows: cas},
		sketch{state: "zero", a: "cas 0 " + one, b: "add " + two, observe: "load", shows: append(add, cas...)},
		sketch{state: "zero", a: "cas 0 " + one, b: "store " + three, observe: "load", shows: cas},
		sketch{state: "zero", a: "cas 0 " + one, b: "load", shows: cas},
		sketch{state: "zero", a: "region.write@64 1, store " + one, b: "load, region.read@64 1", shows: []string{"WORD-PUBLISH"}},
	)
	if slices.Contains(c.Extended, "WORD-REGISTER") {
		list = append(list, o.scenarios(
			sketch{state: "zero", a: "store " + one + ", store " + two, b: "load, load", shows: []string{"WORD-REGISTER"}},
			sketch{state: "zero", a: "store " + one + ", load", b: "store " + two + ", load", observe: "load", shows: []string{"WORD-REGISTER"}},
		)...)
	}
	if slices.Contains(c.Extended, "WORD-DEKKER") {
		list = append(list, o.scenarios(
			sketch{state: "zero", a: "store " + one + ", load@64", b: "store@64 " + one + ", load", joined: true, shows: []string{"WORD-DEKKER"}},
		)...)
	}
	return list
}
