// Package snapshot holds what checks shared records that are read and published whole
// (family SNAP): specs, loads and explored scenarios.
package snapshot

import (
	"bytes"
	"fmt"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/suites/life"
)

// Specs registers the SNAP family.
func Specs(s *check.Suite) {
	s.It("SNAP-WHOLE", whole)
	s.It("SNAP-FRESH", fresh)
	s.It("SNAP-NOLEAK", noLeak, check.Leftovers())
	s.It("SNAP-LONGLIFE", longLife, check.Kind(catalogue.Fault))
	s.It("SNAP-READERS", readersStopped, check.Kind(catalogue.Fault))
	s.It("SNAP-WRITERDEATH", writerDeath, check.Kind(catalogue.Fault))
	s.It("SNAP-CREATORGONE", life.CreatorGone(named))
	s.It("SNAP-TWOHANDLES", life.TwoHandles(named))
	s.It("SNAP-EXISTS", life.Exists(named))
	s.It("SNAP-EARLYOPEN", life.EarlyOpen(named))
}

// share gives handles on one record to processes of these names; the first
// creates it.
func share(w *check.World, recordMax int64, names ...string) []*check.Snapshot {
	return check.Share(w, w.ObjectName("snap"), w.Crew(names...), func(p *check.Process, name string) (*check.Snapshot, error) {
		return p.CreateSnapshot(name, recordMax)
	}, (*check.Process).OpenSnapshot)
}

// reads expects that a process reads just this record.
func reads(w *check.World, s *check.Snapshot, want []byte, when string) {
	got, err := s.Read()
	w.Must(err, "reading the record by %s", s.Process().Name())
	if !bytes.Equal(got, want) {
		w.Fail("%s %s reads %s, where the publish of %s had returned", when, s.Process().Name(), check.Show(got), check.Show(want))
	}
}

func whole(w *check.World) {
	most := w.RecordSize(4096)
	s := share(w, most, "writer", "second writer", "reader", "second reader")
	for i, size := range []int64{0, 1, 7, 8, 9, 64, 1000, 4095, 4096, 16, 2} {
		record := check.Item(w.Rand.Uint64(), i, w.RecordSize(size))
		w.Step("a record of %d bytes", len(record))
		w.Must(s[i%2].Publish(record), "publishing %d bytes", len(record))
		for _, x := range s {
			reads(w, x, record, "after the publish")
		}
	}
	w.Step("two processes publish and two read at full speed")
	writers, readers := w.Scratch(0), w.Scratch(0) // readers do not learn what has been published: that is SNAP-FRESH
	b := check.Bulk{Count: 20_000, SizeMin: w.RecordSize(16), SizeMax: most, Seed: w.Rand.Uint64()}
	begin(s[0], b, writers)
	works := []*check.Work{
		s[0].BeginPublishes(b, writers), s[1].BeginPublishes(b, writers),
		s[2].BeginReads(b, readers), s[3].BeginReads(b, readers),
	}
	for _, x := range works {
		x.Right()
	}
	w.Note("%d records of %s, %d reads", 2*b.Count, check.Bytes(b.SizeMin, b.SizeMax), 2*b.Count)
	if b.SizeMax < namedRecord {
		w.Note("%d records of at most %d bytes, which cannot name themselves: only equal bytes could be looked for", 2*b.Count, b.SizeMax)
	}
}

// namedRecord is from which size on a record of a workload says which it is.
const namedRecord = 16

// begin publishes one record of a workload, so that no reader meets what was there
// before.
func begin(s *check.Snapshot, b check.Bulk, scratch *check.Scratch) {
	b.Count = 1
	s.BeginPublishes(b, scratch).Right()
}

func fresh(w *check.World) {
	most := w.RecordSize(256)
	s := share(w, most, "writer", "reader", "second reader", "second writer")
	w.Step("each of 100 records is read right after its publish has returned")
	for i := range 100 {
		record := check.Item(w.Rand.Uint64(), i, most)
		w.Must(s[3*(i%2)].Publish(record), "publishing record %d", i+1)
		for _, x := range s {
			reads(w, x, record, "after the publish")
		}
	}
	w.Step("two processes publish and two read at full speed, and share how far they are")
	scratch := w.Scratch(0)
	b := check.Bulk{Count: 20_000, SizeMin: most, SizeMax: most, Seed: w.Rand.Uint64()}
	begin(s[0], b, scratch)
	works := []*check.Work{
		s[0].BeginPublishes(b, scratch), s[3].BeginPublishes(b, scratch),
		s[1].BeginReads(b, scratch), s[2].BeginReads(b, scratch),
	}
	for _, x := range works {
		x.Right()
	}
}

// readersStopped stops a reader at random moments, and expects that the others do
// not notice.
func readersStopped(w *check.World) {
	most := w.RecordSize(64 << 10)
	s := share(w, most, "writer", "reader", "stopped reader")
	scratch := w.Scratch(0)
	b := check.Bulk{Count: 1, SizeMin: most, SizeMax: most, Seed: w.Rand.Uint64()}
	begin(s[0], b, scratch)
	endless := b
	endless.Count = 1 << 40
	s[2].BeginReads(endless, scratch)
	const rounds = 60
	for round := range rounds {
		time.Sleep(time.Duration(w.Rand.IntN(2000)) * time.Microsecond)
		w.Step("round %d: a reader is stopped; the others read and publish", round+1)
		s[2].Process().Signal(syscall.SIGSTOP)
		record := check.Item(w.Rand.Uint64(), round, w.RecordSize(64))
		for range 6 { // more than there may be copies of the record
			w.Must(s[0].Publish(record), "publishing while a reader is stopped")
		}
		reads(w, s[1], record, "while another reader is stopped")
		s[2].Process().Signal(syscall.SIGCONT)
	}
	w.Note("a reader stopped at %d random moments", rounds)
	s[2].Process().Kill()
}

// underWay waits until an endless workload has published something. One that has
// not after a while, or that returned, ends the spec as it ended.
func underWay(work *check.Work, scratch *check.Scratch) {
	for end := time.Now().Add(check.DefaultPatience); scratch.Of(work.Index).Published.Load() == 0; time.Sleep(time.Millisecond) {
		if work.Returned() || time.Now().After(end) {
			work.Right()
		}
	}
}

// writerDeath kills a writer at random moments.
func writerDeath(w *check.World) {
	most := w.RecordSize(64 << 10)
	s := share(w, most, "reader", "second writer")
	const rounds = 25
	for round := range rounds {
		w.Step("round %d: a writer is killed while it publishes at full speed", round+1)
		scratch := w.Scratch(0)
		b := check.Bulk{Count: 200, SizeMin: w.RecordSize(most / 2), SizeMax: most, Seed: w.Rand.Uint64()}
		writer := w.Process(fmt.Sprintf("writer %d", round+1))
		doomed, err := writer.OpenSnapshot(s[0].Name)
		w.Must(err, "opening the snapshot")
		endless := b
		endless.Count = 1 << 31
		work := doomed.BeginPublishes(endless, scratch)
		underWay(work, scratch)
		time.Sleep(time.Duration(w.Rand.IntN(3000)) * time.Microsecond)
		writer.Kill()
		s[0].BeginReads(b, scratch).Right()
		w.Step("another writer goes on")
		record := check.Item(w.Rand.Uint64(), round, w.RecordSize(1000))
		w.Must(s[1].Publish(record), "publishing after another writer was killed")
		reads(w, s[0], record, "after that")
	}
	w.Note("a writer killed at %d random moments", rounds)
}
