package snapshot

import (
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/suites/section"
)

// longLife stops a reader while just so many records are published that a counter of
// them comes round to where it was: the record that it was reading has been replaced,
// and it must notice.
func longLife(w *check.World) {
	const effort = 4 * time.Second // of processor time
	size := w.RecordSize(512)
	s := share(w, size, "writer", "reader")
	before, published, rounds := w.Worked(), int64(0), 0
	for _, round := range []struct {
		count int64
		times int
	}{{1 << 8, 12}, {1 << 16, 2}} {
		for range round.times {
			if worked := w.Worked() - before; worked > effort {
				w.Note("%d records published with %v of processor time: it is too slow for more", published, worked.Round(time.Second/10))
				return
			}
			w.Step("a reader is stopped, and %d records are published meanwhile", round.count)
			scratch := w.Scratch(0)
			b := check.Bulk{Count: 20_000, SizeMin: size, SizeMax: size, Seed: w.Rand.Uint64()}
			begin(s[0], b, scratch)
			reads := s[1].BeginReads(b, scratch)
			time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
			s[1].Process().Signal(syscall.SIGSTOP)
			b.Count = round.count
			s[0].BeginPublishes(b, scratch).Right()
			s[1].Process().Signal(syscall.SIGCONT)
			reads.Right()
			published += round.count
			rounds++
		}
	}
	w.Note("%d records published, while a reader was stopped %d times", published, rounds)
}

// noLeak creates, uses and removes a record again and again.
func noLeak(w *check.World) {
	crew, name, size := w.Crew("creator", "opener"), w.ObjectName("cycle"), w.RecordSize(4096)
	section.Lives(w, crew, func() {
		s := check.Share(w, name, crew, func(p *check.Process, name string) (*check.Snapshot, error) {
			return p.CreateSnapshot(name, size)
		}, (*check.Process).OpenSnapshot)
		record := check.Item(1, 1, size)
		w.Must(s[0].Publish(record), "publishing")
		reads(w, s[1], record, "after the publish")
		check.GiveBack(w, s)
	})
}
