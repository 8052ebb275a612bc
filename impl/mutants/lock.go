package mutants

import "github.com/ipckit/ipckit/harness/subject"

// locks are halls that everybody visits alone.
type locks struct{ halls }

type lock struct{ *hall }

func (ls locks) Create(name string) (subject.Lock, error) {
	h, err := ls.create(name)
	return lock{h}, err
}

func (ls locks) Open(name string) (subject.Lock, error) {
	h, err := ls.open(name)
	return lock{h}, err
}

func (l lock) Acquire(wait subject.Wait) error { return l.visit(alone, wait) }
