package check

import "github.com/ipckit/ipckit/harness/protocol"

// A Snapshot is one process's handle on a shared record.
type Snapshot struct{ handle }

// RecordSize is the nearest to the wanted size that a record may have.
func (w *World) RecordSize(wanted int64) int64 {
	least, most := w.Claims().Profiles.Snapshot.Record.Bounds()
	return min(max(wanted, int64(least)), int64(most))
}

// CreateSnapshot makes a new one, for records of up to recordMax bytes.
func (p *Process) CreateSnapshot(name string, recordMax int64) (*Snapshot, error) {
	h, err := p.create(protocol.Snapshot, name, func(r *protocol.Request) { r.ItemMax = &recordMax })
	return &Snapshot{h}, err
}

// OpenSnapshot attaches to an existing one.
func (p *Process) OpenSnapshot(name string) (*Snapshot, error) {
	h, err := p.open(protocol.Snapshot, name)
	return &Snapshot{h}, err
}

// Publish replaces the record.
func (s *Snapshot) Publish(record []byte) error {
	text := encode(record)
	_, err := s.process.do(protocol.Request{Op: protocol.OpSnapshotPublish, Object: s.id, Data: &text})
	return err
}

// BeginPublish starts to replace the record.
func (s *Snapshot) BeginPublish(record []byte) *Call {
	text := encode(record)
	return s.process.begin(protocol.Request{Op: protocol.OpSnapshotPublish, Object: s.id, Data: &text})
}

// BeginRead starts to read the record; the call's Item gives it.
func (s *Snapshot) BeginRead() *Call { return s.begin(protocol.OpSnapshotRead) }

// Read gives the record.
func (s *Snapshot) Read() ([]byte, error) {
	return s.process.begin(protocol.Request{Op: protocol.OpSnapshotRead, Object: s.id}).Item()
}

// BeginPublishes starts to publish records of a workload, and BeginReads to
// read and compare them with what was published.
func (s *Snapshot) BeginPublishes(b Bulk, in *Scratch) *Work {
	return s.records(protocol.RolePublish, b, in)
}

// BeginReads is the other side of BeginPublishes.
func (s *Snapshot) BeginReads(b Bulk, in *Scratch) *Work { return s.records(protocol.RoleRead, b, in) }

func (s *Snapshot) records(role string, b Bulk, in *Scratch) *Work {
	return s.process.work(s.id, role, Steps{Count: b.Count, Scratch: in}, func(r *protocol.Request) {
		r.SizeMin, r.SizeMax, r.Seed, r.Wait = &b.SizeMin, &b.SizeMax, &b.Seed, nil
	})
}
