package performance

import (
	"context"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
)

// A Count is a figure that is counted, and needs no rounds.
type Count struct {
	Title       string
	Requirement string // by which it can be promised
	Unit        string
	Waits       bool // it uses no processor, so that several can be counted at a time

	gauge gauge
}

// Counts lists them.
func Counts() []Count {
	return []Count{
		{"calls/message", "PERF-SYSCALLS", syscalls.unit, false, syscalls},
		{"bytes/object", "PERF-MEMORY", memory.unit, false, memory},
		{"us/s blocked", "PERF-IDLE", idle.unit, true, idle},
	}
}

// exact is how small a count for each message is told from none, where nobody asks
// for less.
const exact = 0.01

// Of counts it of a contestant's object. most is what it may be in truth. Errors:
// *check.Fall, also where the host does not let it be counted, and the context's.
func (c Count) Of(ctx context.Context, arena check.Arena, contestant check.Contestant, f measure.Figure) (value, most float64, err error) {
	err = arena.Act(ctx, contestant, f.Of, func(w *check.World) {
		w.IgnoreLeftovers()
		r := c.gauge.read(w, f, exact)
		value, most = r.value, r.high
	})
	return value, most, err
}
