package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

type snapshots struct{}

type snapshot struct{ *sharedmemory.Snapshot }

func (snapshots) Create(name string, recordMax int64) (subject.Snapshot, error) {
	s, err := sharedmemory.CreateSnapshot(name, narrow(recordMax))
	if err != nil {
		return nil, translate(err)
	}
	return snapshot{s}, nil
}

func (snapshots) Open(name string) (subject.Snapshot, error) {
	s, err := sharedmemory.OpenSnapshot(name)
	if err != nil {
		return nil, translate(err)
	}
	return snapshot{s}, nil
}

func (snapshots) Unlink(name string) error { return translate(sharedmemory.UnlinkSnapshot(name)) }

func (s snapshot) Publish(record []byte) error {
	return translate(s.Snapshot.Publish(record, sharedmemory.Forever))
}

func (s snapshot) Read(into []byte) (int, error) {
	n, _, err := s.Snapshot.Read(into)
	return n, translate(err)
}

func (s snapshot) Detach() error { return translate(s.Snapshot.Detach()) }
