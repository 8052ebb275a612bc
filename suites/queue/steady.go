package queue

import "github.com/ipckit/ipckit/harness/spec"

func measureAll(users []*spec.Process) []spec.Footprint {
	list := make([]spec.Footprint, len(users))
	for i, u := range users {
		list[i] = u.Footprint()
	}
	return list
}

// expectSteady expects that a process holds what it held before: not one
// mapping more for each hundred lives, and no memory beyond the slack that its
// run-time may take.
func expectSteady(w *spec.World, p *spec.Process, before, now spec.Footprint, slack int64) {
	if grown := now.Descriptors - before.Descriptors; grown > 2 {
		w.Fail("%s had %d descriptors open and has %d", p.Name(), before.Descriptors, now.Descriptors)
	}
	if grown := now.Mappings - before.Mappings; grown > 2 {
		w.Fail("%s had %d shared mappings and has %d", p.Name(), before.Mappings, now.Mappings)
	}
	if grown := now.Resident - before.Resident; grown > slack {
		w.Fail("%s had %d KiB resident and has %d KiB", p.Name(), before.Resident>>10, now.Resident>>10)
	}
	w.RuledOut("%s: %d descriptors, %d shared mappings, %d KiB resident at the end", p.Name(), now.Descriptors, now.Mappings, now.Resident>>10)
}
