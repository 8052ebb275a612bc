package load

import (
	"slices"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
)

// survives reports whether the subject claims to bear the death of a process.
// Where it does not, nobody is killed: a mutex whose owner has died is locked
// for ever, and rightly so.
func survives(w *check.World, ids ...string) bool {
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(w.Claims().Extended, id) })
}

// deadly reports whether somebody is killed in this round.
func (r *round) deadly() bool { return r.trial.deaths && r.number%4 == 2 }

// kill kills a participant while the others work, and gives what is to be
// called when all of them have ended: then nobody is asked any more who is dead.
func (r *round) kill() (bury func()) {
	if !r.deadly() {
		return func() {}
	}
	victim := r.recordings[r.rand.IntN(len(r.recordings))].Process()
	r.victim = victim
	after := time.Duration(r.rand.Int64N(int64(roundTime) / 4))
	struck := make(chan struct{})
	go func() {
		defer close(struck)
		time.Sleep(after)
		if victim.Agent().Process().Signal(syscall.SIGKILL) == nil {
			r.faults.Add(fault.Kill, victim.Name(), "%v after the start of round %d", after, r.number)
		}
	}()
	return func() {
		<-struck
		victim.Kill()
		r.session.processes = slices.DeleteFunc(r.session.processes, func(p *check.Process) bool { return p == victim })
		r.w.Forget()
	}
}
