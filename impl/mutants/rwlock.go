package mutants

import "github.com/ipckit/ipckit/harness/subject"

// rwlocks are halls that readers visit together.
type rwlocks struct{ halls }

type rwlock struct{ *hall }

func (ls rwlocks) Create(name string) (subject.RWLock, error) {
	h, err := ls.create(name)
	return rwlock{h}, err
}

func (ls rwlocks) Open(name string) (subject.RWLock, error) {
	h, err := ls.open(name)
	return rwlock{h}, err
}

func (l rwlock) Read(wait subject.Wait) error  { return l.visit(inside, wait) }
func (l rwlock) Write(wait subject.Wait) error { return l.visit(alone, wait) }
