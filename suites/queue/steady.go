package queue

import (
	"cmp"
	"fmt"

	"github.com/ipckit/ipckit/harness/spec"
)

// rounds of work in each of which a process must have grown: a run-time may take
// more memory once, and who keeps something keeps it each time.
const rounds = 3

// steady expects that processes hold after some work what they held before: not
// one descriptor or mapping more for each hundred lives, and no memory, in
// bytes, beyond the slack that their run-times may take.
func steady(w *spec.World, users []*spec.Process, slack int64, work func()) {
	before := measureAll(users)
	for round := 1; ; round++ {
		work()
		now, grown := measureAll(users), ""
		for i, u := range users {
			grown = cmp.Or(grown, growth(u, before[i], now[i], slack))
		}
		switch {
		case grown == "":
			for i, u := range users {
				w.RuledOut("%s: %d descriptors, %d shared mappings, %d KiB resident at the end", u.Name(), now[i].Descriptors, now[i].Mappings, now[i].Resident>>10)
			}
			return
		case round == rounds:
			w.Fail("%s; before that the same work had grown it %d times", grown, rounds-1)
		}
		before = now
	}
}

func measureAll(users []*spec.Process) []spec.Footprint {
	list := make([]spec.Footprint, len(users))
	for i, u := range users {
		list[i] = u.Footprint()
	}
	return list
}

// growth says what a process has more of; "" is nothing.
func growth(p *spec.Process, before, now spec.Footprint, slack int64) string {
	switch {
	case now.Descriptors-before.Descriptors > 2:
		return fmt.Sprintf("%s had %d descriptors open and has %d", p.Name(), before.Descriptors, now.Descriptors)
	case now.Mappings-before.Mappings > 2:
		return fmt.Sprintf("%s had %d shared mappings and has %d", p.Name(), before.Mappings, now.Mappings)
	case now.Resident-before.Resident > slack:
		return fmt.Sprintf("%s had %d KiB resident and has %d KiB", p.Name(), before.Resident>>10, now.Resident>>10)
	}
	return ""
}
