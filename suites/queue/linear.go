package queue

import (
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/stress"
)

// Linear lets several processes at a queue work at once, a few times with other
// numbers, and decides whether what they saw is that of one queue. The check of
// kind stress is the same, for as long as it is given.
func Linear(w *spec.World) {
	for range 5 {
		stress.Linear(w)
	}
}
