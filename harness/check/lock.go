package check

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Lock is one process's handle on a lock.
type Lock struct{ handle }

// CreateLock makes a new lock, which is free.
func (p *Process) CreateLock(name string) (*Lock, error) {
	h, err := p.create(protocol.Lock, name, nil)
	return &Lock{h}, err
}

// OpenLock attaches to an existing one.
func (p *Process) OpenLock(name string) (*Lock, error) {
	h, err := p.open(protocol.Lock, name)
	return &Lock{h}, err
}

// Acquire takes the lock. A *subject.Error of kind OwnerDead means that it did.
func (l *Lock) Acquire(wait subject.Wait) error {
	_, err := l.BeginAcquire(wait).Return()
	return err
}

// BeginAcquire starts to take the lock.
func (l *Lock) BeginAcquire(wait subject.Wait) *Call {
	return l.waiting(protocol.OpLockAcquire, protocol.WireWait(wait))
}

// Release gives the lock up.
func (l *Lock) Release() error { return l.call(protocol.OpLockRelease) }

// BeginRelease starts to give the lock up.
func (l *Lock) BeginRelease() *Call { return l.begin(protocol.OpLockRelease) }

// BeginSections starts to acquire, be inside alone, and release, many times.
func (l *Lock) BeginSections(s Steps) *Work { return l.process.work(l.id, protocol.RoleLock, s, nil) }

// BeginAgain starts, with the lock held, to release it and take it again at
// once, many times.
func (l *Lock) BeginAgain(s Steps) *Work { return l.process.work(l.id, protocol.RoleAgain, s, nil) }
