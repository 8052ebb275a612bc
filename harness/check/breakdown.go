package check

import (
	"context"
	"errors"
	"fmt"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/reports"
)

// noThread is what Go's runtime says as it dies because the host refused a thread.
const noThread = "failed to create new OS thread"

// broken turns an agent's breakdown into a verdict.
func (w *World) broken(process, operation string, err error) {
	var died *agent.Died
	var broken *protocol.Broken
	var unsupported *protocol.Unsupported
	var unstarted *agent.Unstarted
	if errors.As(err, &unstarted) {
		w.outputs = append(w.outputs, unstarted.Output...)
	}
	switch {
	case w.ctx.Err() != nil:
		w.finish(reports.KitError, "interrupted")
	case errors.As(err, &died) && errors.As(err, &unstarted) && unstarted.Printed(noThread):
		w.Inconclusive("%s could not start a thread on this host: raise the limit on processes (ulimit -u, or pids.max of the control group), or check fewer requirements at a time (--jobs 1)", process)
	case errors.As(err, &died):
		w.death(died)
	case errors.As(err, &unsupported):
		w.finish(reports.Fail, "%s: the subject claims profile %s, but its adapter says %v", process, w.Profile(), err)
	case errors.Is(err, context.DeadlineExceeded):
		w.finish(reports.Timeout, "%v", err)
	case errors.As(err, &broken):
		w.finish(reports.Fail, "%v", broken)
	default:
		panic(kitError{fmt.Errorf("%s: %s: %w", process, operation, err)})
	}
}
