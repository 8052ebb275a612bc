// Package section holds what the specs of locks, semaphores and reader–writer
// locks share: processes enter a section and leave it, and wait where they may
// not enter.
package section

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// NotGranted is how a try is refused that finds nothing to be granted.
var NotGranted = []subject.Kind{subject.Timeout}

// TooEarly ends the spec when something with a time limit gave up before that.
func TooEarly(w *check.World, began time.Time, limit time.Duration) {
	if took := time.Since(began); took < limit {
		w.Fail("it gave up after %v, and was told to wait for %v", took.Round(time.Millisecond/10), limit)
	}
}

// Steps is how much a workload does; processes that spin hold each other up where
// they are more than the processors.
func Steps(waiting string, steps int64) int64 {
	if waiting == "spin" {
		return steps / 10
	}
	return steps
}

// LostNone expects that each process that was inside alone was counted.
func LostNone(w *check.World, s *check.Scratch, total uint64) {
	if n := s.Counter(); n != total {
		w.Fail("an update was lost: %d sections added 1 to a plain counter, and it is %d", total, n)
	}
}

// Inherits expects that the lock of a dead owner was granted, and marked.
func Inherits(w *check.World, err error) {
	switch subject.KindOf(err) {
	case subject.OwnerDead:
	case "":
		w.Fail("the lock of an owner that was killed was granted without a word; it must be marked owner-dead")
	default:
		w.Must(err, "acquiring the lock of an owner that was killed")
	}
}
