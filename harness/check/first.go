package check

import "time"

// First waits until one of several calls has come back, and tells which. Where
// none does, the first is waited for, and is the one that is told of.
func First(calls ...*Call) int {
	w := calls[0].process.world
	deadline := time.Now().Add(w.entry.suite.patience())
	for time.Now().Before(deadline) && w.ctx.Err() == nil {
		for i, c := range calls {
			if c.Returned() {
				return i
			}
		}
		time.Sleep(time.Millisecond)
	}
	_, _ = calls[0].Return()
	return 0
}
