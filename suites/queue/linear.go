package queue

import "github.com/ipckit/ipckit/harness/check"

// Linear lets several processes at a queue work at once, a few times with other
// numbers, and decides whether what they saw is that of one queue. The check of
// kind stress is the same, for as long as it is given.
func Linear(w *check.World) {
	for range 5 {
		LinearUnderLoad(w)
	}
}
