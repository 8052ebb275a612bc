package check

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// IgnoreLeftovers keeps what is left behind out of the verdict of this spec. A
// program that cleans up badly falls short of one requirement, not of all.
func (w *World) IgnoreLeftovers() { w.ignoreLeftovers = true }

// expectNothingLeft ends a spec that went well: all processes leave, names are
// removed, and then nothing may exist that did not exist before.
func (w *World) expectNothingLeft() {
	w.Step("all processes leave; nothing may be left behind")
	for _, p := range w.processes {
		if p != w.gateway {
			p.leave()
		}
	}
	if w.gateway != nil {
		w.gateway.leave() // the others may need it to leave
	}
	found, unseen := w.settled()
	for _, l := range found {
		w.left = append(w.left, l.String())
	}
	if len(found) > 0 {
		w.finish(reports.Leak, "left behind: %s", strings.Join(w.left, "; "))
	}
	if len(unseen) > 0 && w.spec.leftovers {
		var kinds []string
		for _, u := range unseen {
			if u.Kind == world.Queue && w.model() == "shared-memory" {
				continue // nothing that shared memory would leave
			}
			kinds = append(kinds, fmt.Sprintf("%s (%s)", u.Kind, u.Reason))
		}
		if len(kinds) == 0 {
			return
		}
		w.Inconclusive("nothing left behind was found, but this host does not let the kit look at: %s", strings.Join(kinds, "; "))
	}
}

// settled gives what is left once no process is there that might still remove it: a
// server process that ends after its last client needs a moment. One that does not
// end within the patience has itself been left behind.
func (w *World) settled() (found []world.Leftover, unseen []world.Unseen) {
	patience := w.spec.suite.patience()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		alone := len(w.Processes()) == 0
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		found, unseen = w.Leftovers(ctx)
		cancel()
		if len(found) == 0 || alone || time.Now().After(deadline) {
			return found, unseen
		}
	}
}
