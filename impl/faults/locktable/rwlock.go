package locktable

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
)

type rwlocks struct{ makers }

// RWLocks makes reader–writer locks: readers are inside together.
func RWLocks(f Fault, in region.Fault) subject.RWLocks { return rwlocks{newMakers(f, in)} }

type rwlock struct{ *member }

func (ls rwlocks) Create(name string) (subject.RWLock, error) {
	m, err := ls.create(name)
	return rwlock{m}, err
}

func (ls rwlocks) Open(name string) (subject.RWLock, error) {
	m, err := ls.open(name)
	return rwlock{m}, err
}

func (l rwlock) Read(wait subject.Wait) error  { return l.acquire(insideShared, wait) }
func (l rwlock) Write(wait subject.Wait) error { return l.acquire(insideAlone, wait) }
