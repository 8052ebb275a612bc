package check

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/reports"
)

// TestSignalAfterDeath: a signal to a process that has died by itself shows the
// subject's crash, not a fault of the kit.
func TestSignalAfterDeath(t *testing.T) {
	e := testSpec(t, func(w *World) {
		p := w.Process("one")
		size := int64(4096)
		call := p.begin(protocol.Request{Op: protocol.OpRegionCreate, Object: "r", Name: w.ObjectName("r"), Size: &size})
		for !call.Returned() {
			time.Sleep(time.Millisecond)
		}
		p.Signal(syscall.SIGCONT)
	})
	e.suite.Launcher = puppet.Launcher(puppet.Segfault, protocol.OpRegionCreate)
	got := e.decide(context.Background())
	if got.verdict != reports.Crash || !strings.Contains(got.message, "one") {
		t.Errorf("%s (%s), want a crash of one", got.verdict, got.message)
	}
}
