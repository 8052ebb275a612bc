package check

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// An RWLock is one process's handle on a reader–writer lock.
type RWLock struct{ handle }

// CreateRWLock makes a new lock, which is free.
func (p *Process) CreateRWLock(name string) (*RWLock, error) {
	h, err := p.create(protocol.RWLock, name, nil)
	return &RWLock{h}, err
}

// OpenRWLock attaches to an existing one.
func (p *Process) OpenRWLock(name string) (*RWLock, error) {
	h, err := p.open(protocol.RWLock, name)
	return &RWLock{h}, err
}

// Read enters beside other readers, and Write alone.
func (l *RWLock) Read(wait subject.Wait) error {
	_, err := l.BeginRead(wait).Return()
	return err
}

// Write enters alone.
func (l *RWLock) Write(wait subject.Wait) error {
	_, err := l.BeginWrite(wait).Return()
	return err
}

// BeginRead starts to enter beside other readers.
func (l *RWLock) BeginRead(wait subject.Wait) *Call {
	return l.waiting(protocol.OpRWLockRead, protocol.WireWait(wait))
}

// BeginWrite starts to enter alone.
func (l *RWLock) BeginWrite(wait subject.Wait) *Call {
	return l.waiting(protocol.OpRWLockWrite, protocol.WireWait(wait))
}

// Release leaves.
func (l *RWLock) Release() error { return l.call(protocol.OpRWLockRelease) }

// BeginRelease starts to leave.
func (l *RWLock) BeginRelease() *Call { return l.begin(protocol.OpRWLockRelease) }

// BeginReads starts to read, look around, and release, many times.
func (l *RWLock) BeginReads(s Steps) *Work { return l.process.work(l.id, protocol.RoleRead, s, nil) }

// BeginWrites starts to write, be inside alone, and release, many times.
func (l *RWLock) BeginWrites(s Steps) *Work { return l.process.work(l.id, protocol.RoleWrite, s, nil) }
