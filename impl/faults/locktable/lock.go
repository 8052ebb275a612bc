package locktable

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
)

type locks struct{ makers }

// Locks makes locks, in regions with a fault of theirs: every acquire is for insideAlone.
func Locks(f Fault, in region.Fault) subject.Locks { return locks{newMakers(f, in)} }

type lock struct{ *member }

func (ls locks) Create(name string) (subject.Lock, error) {
	m, err := ls.create(name)
	return lock{m}, err
}

func (ls locks) Open(name string) (subject.Lock, error) {
	m, err := ls.open(name)
	return lock{m}, err
}

func (l lock) Acquire(wait subject.Wait) error { return l.acquire(insideAlone, wait) }
