package sharedmemory

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// notGranted is how a try is refused that finds nothing to be granted.
var notGranted = []subject.Kind{subject.Timeout}

// tooEarly ends the spec when something with a time limit gave up before that.
func tooEarly(w *check.World, began time.Time, limit time.Duration) {
	if took := time.Since(began); took < limit {
		w.Fail("it gave up after %v, and was told to wait for %v", took.Round(time.Millisecond/10), limit)
	}
}
