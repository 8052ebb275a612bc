package agent

import (
	"context"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// thread finds the operation thread: hello says its id as the agent sees it,
// /proc maps it.
func (a *Agent) thread() (t proc.Thread, known bool) {
	if a.hello.Thread == nil {
		return t, false
	}
	t, err := a.process.Thread(context.Background(), *a.hello.Thread)
	return t, err == nil
}

// Turns says how often the operation thread has had a processor, and whether it is
// asleep; known is false where it is not known which thread that is.
func (a *Agent) Turns() (turns int64, asleep, known bool) {
	t, known := a.thread()
	return int64(t.Waits + t.Preempt), t.State == "S", known
}

// OperationThread is the id, as this process sees it, of the thread that does
// the operations; false where hello did not say it and the process has several.
func (a *Agent) OperationThread() (tid int, known bool) {
	if t, known := a.thread(); known {
		return t.TID, true
	}
	if state, err := a.process.State(); err == nil && a.hello.Thread == nil && len(state.Threads) == 1 {
		return state.Threads[0].TID, true
	}
	return 0, false
}
