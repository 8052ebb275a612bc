package load

import (
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/check"
)

// failure is the first workload that failed: by the death of its process, before those
// whose operations failed because of that; nil where none did. The death of a process
// that was killed on purpose is no failure.
func (r *Round) failure() *check.Recording {
	var failed *check.Recording
	for _, x := range r.recordings {
		switch dead, err := x.Err(); {
		case err == nil || dead && x.Process() == r.victim:
		case dead:
			return x
		case failed == nil:
			failed = x
		}
	}
	return failed
}

// failing looks for a failure, and ends the other workloads soon after: they may
// wait for the one that failed for ever. stop is called when all have ended.
func (r *Round) failing() (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for r.failed = r.failure(); r.failed == nil; r.failed = r.failure() {
			select {
			case <-over:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
		for _, x := range r.recordings {
			_ = x.Process().Agent().Process().Signal(syscall.SIGKILL)
		}
	}()
	return func() { close(over); <-done }
}
