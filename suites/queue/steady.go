package queue

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
)

// rounds of work in each of which a process must have grown: a run-time may take more
// memory once, and a leak grows each time.
const rounds = 3

// steady expects that processes, and those that the subject itself has started for
// them, hold after some work what they held before: at most two descriptors or shared
// mappings more, and no memory beyond the slack that their run-times may take, in
// bytes.
func steady(w *check.World, users []*check.Process, slack int64, work func()) {
	before := w.Footprints(users)
	for round := 1; ; round++ {
		work()
		now, grown := w.Footprints(users), ""
		for _, name := range slices.Sorted(maps.Keys(now)) {
			if f, known := before[name]; known {
				grown = cmp.Or(grown, growth(name, f, now[name], slack))
			}
		}
		switch {
		case grown == "":
			for _, name := range slices.Sorted(maps.Keys(now)) {
				f := now[name]
				w.RuledOut("%s: %d descriptors, %d shared mappings, %d KiB resident at the end", name, f.Descriptors, f.Mappings, f.Resident>>10)
			}
			return
		case round == rounds:
			w.Fail("%s; the same work had grown it %d times before", grown, rounds-1)
		}
		before = now
	}
}

// growth says what a process has more of; "" is nothing.
func growth(name string, before, now check.Footprint, slack int64) string {
	switch {
	case now.Descriptors-before.Descriptors > 2:
		return fmt.Sprintf("%s had %d descriptors open and has %d after the same work again", name, before.Descriptors, now.Descriptors)
	case now.Mappings-before.Mappings > 2:
		return fmt.Sprintf("%s had %d shared mappings and has %d after the same work again", name, before.Mappings, now.Mappings)
	case now.Resident-before.Resident > slack:
		return fmt.Sprintf("%s had %d KiB resident and has %d KiB after the same work again", name, before.Resident>>10, now.Resident>>10)
	}
	return ""
}
