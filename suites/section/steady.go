package section

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/ipckit/ipckit/harness/check"
)

// Rounds of work in each of which a process must have grown: a run-time may take more
// memory now and then, and a leak grows each time. Of a little more it must be more rounds.
const (
	rounds     = 3
	moreRounds = 6
)

// Steady expects that processes, and those that the subject itself has started for
// them, hold after some work what they held before: at most two descriptors, shared
// mappings or threads more, and no more memory, round by round. Slack is what their
// run-times may take in a few rounds, and little in many, in bytes.
func Steady(w *check.World, users []*check.Process, slack, little int64, work func()) {
	before, much := w.Footprints(users), 0
	for round := 1; ; round++ {
		work()
		now := w.Footprints(users)
		grown := growth(before, now, little)
		if growth(before, now, slack) != "" {
			much++
		}
		switch {
		case grown == "":
			for _, name := range slices.Sorted(maps.Keys(now)) {
				f := now[name]
				w.RuledOut("%s: %d descriptors, %d shared mappings, %d threads, %d KiB resident at the end",
					name, f.Descriptors, f.Mappings, f.Threads, f.Resident>>10)
			}
			return
		case round == rounds && much == rounds, round == moreRounds:
			w.Fail("%s; the same work had grown it %d times before", grown, round-1)
		}
		before = now
	}
}

// growth says what one of the processes has more of; "" is nothing.
func growth(before, now map[string]check.Footprint, slack int64) (grown string) {
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if f, known := before[name]; known {
			grown = cmp.Or(grown, more(name, f, now[name], slack))
		}
	}
	return grown
}

func more(name string, before, now check.Footprint, slack int64) string {
	switch {
	case now.Descriptors-before.Descriptors > 2:
		return fmt.Sprintf("%s had %d descriptors open and has %d after the same work again", name, before.Descriptors, now.Descriptors)
	case now.Mappings-before.Mappings > 2:
		return fmt.Sprintf("%s had %d shared mappings and has %d after the same work again", name, before.Mappings, now.Mappings)
	case now.Threads-before.Threads > 2:
		return fmt.Sprintf("%s had %d threads and has %d after the same work again", name, before.Threads, now.Threads)
	case now.Resident-before.Resident > slack:
		return fmt.Sprintf("%s had %d KiB resident and has %d KiB after the same work again", name, before.Resident>>10, now.Resident>>10)
	}
	return ""
}

// Lives expects that processes are after many lives of an object what they were before.
func Lives(w *check.World, users []*check.Process, life func()) {
	w.Step("warm up: 20 lives of an object")
	for range 20 {
		life()
	}
	const slack = 16 << 20 // run-times of processes that come and go vary too much for less
	Steady(w, users, slack, slack, func() {
		w.Step("100 lives of an object")
		for range 100 {
			life()
		}
	})
}
