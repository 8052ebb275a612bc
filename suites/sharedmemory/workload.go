package sharedmemory

import "github.com/ipckit/ipckit/harness/check"

// workSteps is how much a workload does; those who spin hold each other up
// where they are more than the processors.
func workSteps(waiting string, steps int64) int64 {
	if waiting == "spin" {
		return steps / 10
	}
	return steps
}

// lostNone expects that everyone who was inside alone was counted.
func lostNone(w *check.World, s *check.Scratch, total uint64) {
	if n := s.Counter(); n != total {
		w.Fail("an update was lost: %d sections added 1 to a plain counter, and it is %d", total, n)
	}
}
