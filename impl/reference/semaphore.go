package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

type semaphores struct{}

type semaphore struct{ *sharedmemory.Semaphore }

func (semaphores) Create(name string, s subject.Stock) (subject.Semaphore, error) {
	made, err := sharedmemory.CreateSemaphore(name, narrow(s.Initial), narrow(s.Maximum))
	if err != nil {
		return nil, translate(err)
	}
	return semaphore{made}, nil
}

func (semaphores) Open(name string) (subject.Semaphore, error) {
	s, err := sharedmemory.OpenSemaphore(name)
	if err != nil {
		return nil, translate(err)
	}
	return semaphore{s}, nil
}

func (semaphores) Unlink(name string) error { return translate(sharedmemory.UnlinkSemaphore(name)) }

func (s semaphore) Wait(wait subject.Wait) error {
	return translate(s.Semaphore.Wait(sharedmemory.Wait(wait)))
}

func (s semaphore) Post() error { return translate(s.Semaphore.Post()) }

func (s semaphore) Detach() error { return translate(s.Semaphore.Detach()) }
