package semaphore

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/suites/section"
)

// Shows is what the loads show beside their own requirements.
var Shows = []load.Shows{
	{Requirement: "SEM-WAKE", Load: "SEM-COUNT", Faults: true},
	{Requirement: "SEM-DEADLINE", Load: "SEM-COUNT", Races: true},
}

// Loads registers what is decided by histories recorded under load.
func Loads(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("SEM-COUNT", countUnderLoad(false))
	under("SEM-LINEAR", countUnderLoad(true))
}

// countUnderLoad: as many come through as there are permits; with tries, also that
// a try fails only when there is none.
func countUnderLoad(tries bool) func(*check.World) {
	return func(w *check.World) {
		var permits int64 // of the round's semaphore
		attach := func(r *load.Round, _ int64, n int) []*check.Semaphore {
			maximum := w.SemaphoreMaximum(16)
			permits = min(int64(1+r.Rand.IntN(2)), maximum)
			return load.Share(r, "s", n, func(p *check.Process, name string) (*check.Semaphore, error) {
				return p.CreateSemaphore(name, permits, maximum)
			}, (*check.Process).OpenSemaphore)
		}
		o := section.Load(w, 3, attach)
		o.Role = func(int) string { return protocol.RoleSemaphore }
		o.About = func() string { return fmt.Sprintf("%d permits", permits) }
		o.Checker = func() linear.Checker { return linear.Semaphore{Initial: int(permits), Relaxed: !tries} }
		o.Plain = section.Plain(w, 3, attach, func(_ int, x *check.Semaphore, s check.Steps) *check.Work {
			return x.BeginPermits(permits, s)
		})
		o.Run()
	}
}
