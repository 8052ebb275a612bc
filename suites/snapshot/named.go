package snapshot

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/suites/life"
)

// named is the snapshot as an object with a name: what a handle leaves is a record.
func named(w *check.World) life.Object[*check.Snapshot] {
	most, records := w.RecordSize(64), 0
	return life.Object[*check.Snapshot]{
		Noun: "snapshot",
		Create: func(p *check.Process, name string) (*check.Snapshot, error) {
			return p.CreateSnapshot(name, most)
		},
		Open: (*check.Process).OpenSnapshot, Unlink: (*check.Snapshot).Unlink,
		Leave: func(by *check.Snapshot) func(*check.Snapshot, string) {
			records++
			record := check.Item(w.Rand.Uint64(), records, most)
			w.Must(by.Publish(record), "publishing %d bytes by %s", len(record), by.Process().Name())
			return func(s *check.Snapshot, when string) { reads(w, s, record, when+", after the publish,") }
		},
	}
}
