package rwlock

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/suites/section"
)

// Shows is what the loads show beside their own requirements.
var Shows = []load.Shows{
	{Requirement: "RW-VISIBLE", Load: "RW-EXCLUSION", Faults: true},
	{Requirement: "RW-WAKE", Load: "RW-EXCLUSION", Races: true, Faults: true},
	{Requirement: "RW-DEADLINE", Load: "RW-EXCLUSION", Races: true},
}

// Loads registers what is decided by histories recorded under load.
func Loads(s *check.Suite) {
	s.It("RW-EXCLUSION", exclusionUnderLoad, check.Kind(catalogue.Stress), check.Once())
}

// exclusionUnderLoad: a writer is alone inside.
func exclusionUnderLoad(w *check.World) {
	attach := func(r *load.Round, _ int64, n int) []*check.RWLock {
		return load.Share(r, "s", n, (*check.Process).CreateRWLock, (*check.Process).OpenRWLock)
	}
	o := section.Load(w, 3, attach)
	o.Role = func(i int) string {
		if i%3 == 0 || i == 4 {
			return protocol.RoleWrite
		}
		return protocol.RoleRead
	}
	o.Checker = func() linear.Checker { return linear.RWLock{Relaxed: true} }
	o.Deaths = w.ClaimsExtended("RW-OWNERDEATH")
	o.Plain = section.Plain(w, 3, attach, func(i int, l *check.RWLock, s check.Steps) *check.Work {
		if i == 0 {
			return l.BeginWrites(s)
		}
		return l.BeginReads(s)
	})
	o.Run()
}
