package snapshot

import (
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/protocol"
)

// Shows is what the loads show beside their own requirements.
var Shows = []load.Shows{
	{Requirement: "SNAP-WRITERDEATH", Load: "SNAP-WHOLE", Races: true},
}

// Loads registers what is decided by histories recorded under load.
func Loads(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("SNAP-WHOLE", loaded(linear.Snapshot{}))
	under("SNAP-FRESH", loaded(linear.Fresh{}))
}

// recordSizes are what records in a load have, in bytes, as far as is claimed.
var recordSizes = []int64{16, 64, 500, 4096}

// loaded gives the check of a record by one checker: that it is read and published
// whole, or also that no read is older than a publish that had returned.
func loaded(checker linear.Checker) func(*check.World) {
	return func(w *check.World) {
		if most := w.RecordSize(1 << 20); most < history.SmallestNamed {
			w.Skip("records of %d bytes cannot be told apart: that takes %d bytes", most, history.SmallestNamed)
		}
		attach := func(r *load.Round, size int64, n int) []*check.Snapshot {
			return load.Share(r, "r", n, func(p *check.Process, name string) (*check.Snapshot, error) {
				return p.CreateSnapshot(name, size)
			}, (*check.Process).OpenSnapshot)
		}
		load.Object[*check.Snapshot]{
			World: w, Least: 3, More: 2, Think: [4]time.Duration{0, 0, time.Microsecond, 50 * time.Microsecond},
			Sizes: recordSizes, Attach: attach,
			Role: func(i int) string {
				if i%2 == 0 {
					return protocol.RolePublish
				}
				return protocol.RoleRead
			},
			Checker: func() linear.Checker { return checker },
			Deaths:  w.ClaimsExtended("SNAP-WRITERDEATH") && w.ClaimsExtended("SNAP-READERS"),
			Plain: func(r *load.Round) int64 {
				size := w.RecordSize(recordSizes[w.Rand.IntN(len(recordSizes))])
				all := attach(r, size, 3)
				b := check.Bulk{Count: r.Count, SizeMin: size, SizeMax: size, Seed: w.Rand.Uint64()}
				in := w.Scratch(0)
				publish := all[0].BeginPublishes(b, in)
				read, again := all[1].BeginReads(b, in), all[2].BeginReads(b, in)
				publish.Whole()
				read.Right()
				again.Right()
				return 3 * r.Count
			},
		}.Run()
	}
}
