package load

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/protocol"
)

// A valueTrial has processes that write and read one value.
type valueTrial struct {
	w       *check.World
	attach  func(r *round, processes int) []recorder
	role    func(i int) string
	size    int64 // of a record, the largest; 0 for words
	checker linear.Checker
	deaths  bool // somebody may be killed
	plain   func(s *session, count int64) int64
}

type recorder interface {
	Record(check.Recorded) *check.Recording
}

func (t *valueTrial) run() {
	run(t.w, trial{begin: t.begin, check: func(*round) linear.Checker { return t.checker }, deaths: t.deaths, unrecorded: t.plain})
}

func (t *valueTrial) begin(r *round) {
	rand := r.rand
	processes := 3 + rand.IntN(2)
	think := []time.Duration{0, 0, time.Microsecond, 50 * time.Microsecond}[rand.IntN(4)]
	size := t.size
	if size > 0 {
		size = t.w.RecordSize([]int64{16, 64, 500, 4096}[rand.IntN(4)])
		t.size = size
	}
	r.shape = fmt.Sprintf("%d processes, thinking up to %v", processes, think)
	if size > 0 {
		r.shape += fmt.Sprintf(", records of %d bytes", size)
	}
	for i, h := range t.attach(r, processes) {
		x := r.load(t.role(i), i)
		x.Think, x.SizeMin, x.SizeMax = think, size, size
		r.recorded(h.Record(x))
	}
}

// Snapshot checks a record that is read and published whole; with fresh, also
// that no read is older than a publish that had returned.
func Snapshot(fresh bool) func(*check.World) {
	return func(w *check.World) {
		if w.RecordSize(1<<20) < history.SmallestNamed {
			w.Skip("records of %d bytes cannot be told apart", w.RecordSize(1<<20))
		}
		t := &valueTrial{w: w, size: 1, role: func(i int) string {
			if i%2 == 0 {
				return protocol.RolePublish
			}
			return protocol.RoleRead
		}, checker: linear.Snapshot{}, deaths: survives(w, "SNAP-WRITERDEATH", "SNAP-READERS")}
		if fresh {
			t.checker = linear.Fresh{}
		}
		t.attach = func(r *round, processes int) []recorder {
			list := make([]recorder, 0, processes)
			for _, s := range snapshots(r, t.size, processes) {
				list = append(list, s)
			}
			return list
		}
		t.plain = func(s *session, count int64) int64 {
			r := s.newRound()
			size := w.RecordSize([]int64{16, 64, 500, 4096}[w.Rand.IntN(4)])
			all := snapshots(r, size, 3)
			b := check.Bulk{Count: count, SizeMin: size, SizeMax: size, Seed: w.Rand.Uint64()}
			in := w.Scratch(0)
			publish := all[0].BeginPublishes(b, in)
			read, again := all[1].BeginReads(b, in), all[2].BeginReads(b, in)
			publish.Whole()
			read.Right()
			again.Right()
			r.cleanup[0]()
			return 3 * count
		}
		t.run()
	}
}

func snapshots(r *round, size int64, processes int) []*check.Snapshot {
	name := r.name("r")
	first, err := r.process(0).CreateSnapshot(name, size)
	r.w.Must(err, "creating it")
	all := []*check.Snapshot{first}
	for i := 1; i < processes; i++ {
		s, err := r.process(i).OpenSnapshot(name)
		r.w.Must(err, "opening it in process %d", i)
		all = append(all, s)
	}
	r.cleanup = append(r.cleanup, func() { giveBack(r.w, all) })
	return all
}

// Word gives the check of an atomic word by one checker, with processes in
// these roles, in turn.
func Word(checker linear.Checker, roles ...string) func(*check.World) {
	return func(w *check.World) {
		t := &valueTrial{w: w, checker: checker, role: func(i int) string { return roles[i%len(roles)] }}
		t.attach = func(r *round, processes int) []recorder {
			list := make([]recorder, 0, processes)
			for _, x := range words(r, 4096, 64, processes) {
				list = append(list, x)
			}
			return list
		}
		t.plain = func(s *session, count int64) int64 {
			r := s.newRound()
			all := words(r, 4096, 64, len(roles)+1)
			steps := check.Steps{Count: count, Scratch: w.Scratch(count * int64(len(all)))}
			var works []*check.Work
			if store := roles[0] == protocol.RoleStore; store {
				w.Must(all[0].Store(0x0101010101010101), "storing")
			}
			for i, x := range all {
				works = append(works, x.Begin(roles[i%len(roles)], steps))
			}
			for _, work := range works {
				work.Right()
			}
			r.cleanup[0]()
			return count * int64(len(all))
		}
		t.run()
	}
}

// words gives each process the word at an offset of one region.
func words(r *round, size, offset int64, processes int) []*check.Word {
	name := r.name("w")
	first, err := r.process(0).CreateRegion(name, size)
	r.w.Must(err, "creating a region of %d bytes", size)
	regions := []*check.Region{first}
	for i := 1; i < processes; i++ {
		next, err := r.process(i).OpenRegion(name)
		r.w.Must(err, "opening the region in process %d", i)
		regions = append(regions, next)
	}
	list := make([]*check.Word, 0, processes)
	for _, x := range regions {
		list = append(list, x.Word(offset))
	}
	r.cleanup = append(r.cleanup, func() {
		for i := len(regions) - 1; i >= 0; i-- {
			r.w.Must(regions[i].Detach(), "detaching the region")
		}
		r.w.Must(r.process(0).UnlinkRegion(name), "unlinking the region")
	})
	return list
}
