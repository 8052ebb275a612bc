package load

import (
	"slices"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
)

// deadly reports whether a process is killed in this round.
func (r *Round) deadly() bool { return r.trial.Deaths && r.Number%4 == 2 }

// kill kills one process while the others work, and gives what is to be called when
// all of them have ended: then the dead process is taken out of the session.
func (r *Round) kill() (bury func()) {
	if !r.deadly() {
		return func() {}
	}
	victim := r.recordings[r.Rand.IntN(len(r.recordings))].Process()
	r.victim = victim
	after := time.Duration(r.Rand.Int64N(int64(roundTime) / 4))
	struck := make(chan struct{})
	go func() {
		defer close(struck)
		time.Sleep(after)
		if victim.Agent().Process().Signal(syscall.SIGKILL) == nil {
			r.faults.Add(fault.Kill, victim.Name(), "%v after the start of round %d", after, r.Number)
		}
	}()
	return func() {
		<-struck
		victim.Kill()
		r.Session.processes = slices.DeleteFunc(r.Session.processes, func(p *check.Process) bool { return p == victim })
		r.w.Forget()
	}
}
