package lock

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
	{Requirement: "LOCK-VISIBLE", Load: "LOCK-EXCLUSION", Faults: true},
	{Requirement: "LOCK-WAKE", Load: "LOCK-EXCLUSION", Races: true, Faults: true},
	{Requirement: "LOCK-OWNERDEATH", Load: "LOCK-EXCLUSION", Races: true},
	{Requirement: "LOCK-DEADLINE", Load: "LOCK-EXCLUSION", Races: true},
}

// Loads registers what is decided by histories recorded under load.
func Loads(s *check.Suite) {
	s.It("LOCK-EXCLUSION", exclusionUnderLoad, check.Kind(catalogue.Stress), check.Once())
}

// exclusionUnderLoad: the lock has one owner. A try may fail whenever another
// process wants the lock too, and must not where none does.
func exclusionUnderLoad(w *check.World) {
	attach := func(r *load.Round, _ int64, n int) []*check.Lock {
		return load.Share(r, "s", n, (*check.Process).CreateLock, (*check.Process).OpenLock)
	}
	o := section.Load(w, 2, attach)
	o.Role = func(int) string { return protocol.RoleLock }
	o.Checker = func() linear.Checker { return linear.Mutex{Relaxed: true} }
	o.Deaths = w.ClaimsExtended("LOCK-OWNERDEATH")
	o.Plain = section.Plain(w, 2, attach, func(_ int, l *check.Lock, s check.Steps) *check.Work { return l.BeginSections(s) })
	o.Run()
}
