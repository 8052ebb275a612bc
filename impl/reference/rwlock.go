package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

type rwlocks struct{}

type rwlock struct{ *sharedmemory.RWLock }

func (rwlocks) Create(name string) (subject.RWLock, error) {
	l, err := sharedmemory.CreateRWLock(name)
	if err != nil {
		return nil, translate(err)
	}
	return rwlock{l}, nil
}

func (rwlocks) Open(name string) (subject.RWLock, error) {
	l, err := sharedmemory.OpenRWLock(name)
	if err != nil {
		return nil, translate(err)
	}
	return rwlock{l}, nil
}

func (rwlocks) Unlink(name string) error { return translate(sharedmemory.UnlinkRWLock(name)) }

func (l rwlock) Read(wait subject.Wait) error {
	return translate(l.AcquireRead(sharedmemory.Wait(wait)))
}

func (l rwlock) Write(wait subject.Wait) error {
	return translate(l.AcquireWrite(sharedmemory.Wait(wait)))
}

func (l rwlock) Release() error { return translate(l.RWLock.Release()) }

func (l rwlock) Detach() error { return translate(l.RWLock.Detach()) }
