package check

import (
	"context"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/reports"
)

// TestSteps: a workload whose scratch file shows that it gets on is slow, not
// blocked, though nobody answers how far it is; once it no longer does, it is a
// timeout.
func TestSteps(t *testing.T) {
	if testing.Short() {
		t.Skip("waits")
	}
	const moves = 3 * time.Second
	var took time.Duration
	e := testSpec(t, func(w *World) {
		w.spec.suite.Patience = 0 // the usual one, for what is not to be seen here
		p := w.Process("one")
		r, err := p.CreateRegion(w.ObjectName("r"), 4096)
		w.Must(err, "creating")
		s := w.Scratch(0)
		work := p.work(r.handle, protocol.RoleAdd, Steps{Count: 1, Scratch: s}, func(*protocol.Request) {})
		p.Signal(syscall.SIGSTOP)
		var steps sync.WaitGroup
		defer steps.Wait()
		steps.Go(func() {
			for end := time.Now().Add(moves); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
				s.Of(0).Ready.Add(1)
			}
		})
		w.spec.suite.Patience = moves / 6
		began := time.Now()
		defer func() { took = time.Since(began) }()
		_, _ = work.Return()
	})
	e.suite.Launcher = puppet.Launcher(puppet.Spin, protocol.OpWorkload)
	got := e.decide(context.Background())
	if got.verdict != reports.Timeout || took < moves {
		t.Errorf("%s (%s) after %v, want a timeout, and not before %v", got.verdict, got.message, took, moves)
	}
}
