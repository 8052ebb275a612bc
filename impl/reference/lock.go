package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

// locks are fair mutexes, since fairness is claimed.
type locks struct{}

type lock struct{ *sharedmemory.FairMutex }

func (locks) Create(name string) (subject.Lock, error) {
	m, err := sharedmemory.CreateFairMutex(name)
	if err != nil {
		return nil, translate(err)
	}
	return lock{m}, nil
}

func (locks) Open(name string) (subject.Lock, error) {
	m, err := sharedmemory.OpenFairMutex(name)
	if err != nil {
		return nil, translate(err)
	}
	return lock{m}, nil
}

func (locks) Unlink(name string) error { return translate(sharedmemory.UnlinkFairMutex(name)) }

func (l lock) Acquire(wait subject.Wait) error {
	return translate(l.FairMutex.Acquire(sharedmemory.Wait(wait)))
}

func (l lock) Release() error { return translate(l.FairMutex.Release()) }

func (l lock) Detach() error { return translate(l.FairMutex.Detach()) }

// mutexes are locks that are not fair.
type mutexes struct{}

type mutex struct{ *sharedmemory.Mutex }

func (mutexes) Create(name string) (subject.Lock, error) {
	m, err := sharedmemory.CreateMutex(name)
	if err != nil {
		return nil, translate(err)
	}
	return mutex{m}, nil
}

func (mutexes) Open(name string) (subject.Lock, error) {
	m, err := sharedmemory.OpenMutex(name)
	if err != nil {
		return nil, translate(err)
	}
	return mutex{m}, nil
}

func (mutexes) Unlink(name string) error { return translate(sharedmemory.UnlinkMutex(name)) }

func (m mutex) Acquire(wait subject.Wait) error {
	return translate(m.Mutex.Acquire(sharedmemory.Wait(wait)))
}

func (m mutex) Release() error { return translate(m.Mutex.Release()) }

func (m mutex) Detach() error { return translate(m.Mutex.Detach()) }
