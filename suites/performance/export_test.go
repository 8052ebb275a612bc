package performance

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
)

// Read is what a gauge of that name reads.
func Read(name string, w *check.World, f measure.Figure, enough float64) (low, value, high float64, text string) {
	r := map[string]gauge{"syscalls": syscalls, "idle": idle, "memory": memory}[name].read(w, f, enough)
	return r.low, r.value, r.high, r.text
}

// PoissonLow is poissonLow.
func PoissonLow(n int64) float64 { return poissonLow(n) }
