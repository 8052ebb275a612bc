package word

import (
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/protocol"
)

// Loads registers what is decided under load.
func Loads(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("WORD-NOTEAR", loaded(linear.Snapshot{}, protocol.RoleStore, protocol.RoleLoad))
	under("WORD-ADD", loaded(linear.Counter{}, protocol.RoleAdd))
	under("WORD-CAS", loaded(linear.Register{}, protocol.RoleCAS))
	under("WORD-PUBLISH", publishUnderLoad)
	under("WORD-REGISTER", loaded(linear.Register{}, protocol.RoleStore, protocol.RoleLoad))
	under("WORD-DEKKER", dekkerUnderLoad)
}

// loaded gives the check of a word by one checker, with processes in these roles,
// in turn.
func loaded(checker linear.Checker, roles ...string) func(*check.World) {
	return func(w *check.World) {
		load.Object[*check.Word]{
			World: w, Least: 3, More: 2, Think: [4]time.Duration{0, 0, time.Microsecond, 50 * time.Microsecond},
			Attach:  func(r *load.Round, _ int64, n int) []*check.Word { return inAll(w, r, 4096, 64, n) },
			Role:    func(i int) string { return roles[i%len(roles)] },
			Checker: func() linear.Checker { return checker },
			Plain: func(r *load.Round) int64 {
				all := inAll(w, r, 4096, 64, len(roles)+1)
				if roles[0] == protocol.RoleStore {
					w.Must(all[0].Store(0x0101010101010101), "storing")
				}
				return load.Right(r, all, r.Count*int64(len(all)), func(i int, x *check.Word, s check.Steps) *check.Work {
					return x.Begin(roles[i%len(roles)], s)
				})
			},
		}.Run()
	}
}

// inAll gives n processes the word at an offset of one region.
func inAll(w *check.World, r *load.Round, size, offset int64, n int) []*check.Word {
	name := r.Name("w")
	words := share(w, name, size, offset, r.Processes(n))
	r.Cleanup(func() {
		for i := len(words) - 1; i >= 0; i-- {
			w.Must(words[i].Region().Detach(), "detaching the region")
		}
		w.Must(r.Process(0).UnlinkRegion(name), "unlinking the region")
	})
	return words
}

// litmus repeats a litmus test. The two processes judge it themselves, so no
// history is needed; and nothing disturbs them, as they must meet.
func litmus(w *check.World, once func(r *load.Round, l *check.Litmus)) {
	s := load.NewSession(w, 10)
	l := w.Litmus(s.Process(0), s.Process(1))
	s.Repeat(func(r *load.Round) int64 {
		once(r, l)
		return 2 * r.Count
	})
	l.Note()
}

// publishUnderLoad is the litmus test MP: data, then flag; flag, then data.
func publishUnderLoad(w *check.World) {
	litmus(w, func(r *load.Round, l *check.Litmus) {
		x := inAll(w, r, 256<<10, 0, 2)
		w.Step("round %d: one writes data and then a flag, %d times; the other looks at the flag and then at the data", r.Number, r.Count)
		l.Publish(x[0], x[1], r.Count)
	})
}

// dekkerUnderLoad is the litmus test SB: each stores to its own word and loads
// the other's.
func dekkerUnderLoad(w *check.World) {
	litmus(w, func(r *load.Round, l *check.Litmus) {
		x := inAll(w, r, 4096, 0, 2)
		w.Step("round %d: each stores to its own word and then loads the other's, %d times at the same moment", r.Number, r.Count)
		l.Dekker(x[0], x[1], r.Count)
	})
}
