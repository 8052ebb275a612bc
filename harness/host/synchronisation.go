package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Handles of different families have types of their own, so that one is not taken
// for another.
type (
	lock      struct{ subject.Lock }
	rwlock    struct{ subject.RWLock }
	semaphore struct{ subject.Semaphore }
)

func (h *host) lock(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Locks
	switch {
	case f == nil:
		return unsupported(r)
	case names(r):
		return h.name(r, familyOf(f.Create, f.Open, f.Unlink, func(l subject.Lock) any { return &lock{l} }))
	}
	l, err := held[*lock](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	switch r.Op {
	case protocol.OpLockAcquire:
		return h.call(func() error { return l.Acquire(wait(r)) })
	case protocol.OpLockRelease:
		return h.call(l.Release)
	}
	return h.release(r, l.Detach)
}

func (h *host) rwlock(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.RWLocks
	switch {
	case f == nil:
		return unsupported(r)
	case names(r):
		return h.name(r, familyOf(f.Create, f.Open, f.Unlink, func(l subject.RWLock) any { return &rwlock{l} }))
	}
	l, err := held[*rwlock](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	switch r.Op {
	case protocol.OpRWLockRead:
		return h.call(func() error { return l.Read(wait(r)) })
	case protocol.OpRWLockWrite:
		return h.call(func() error { return l.Write(wait(r)) })
	case protocol.OpRWLockRelease:
		return h.call(l.Release)
	}
	return h.release(r, l.Detach)
}

func (h *host) semaphore(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Semaphores
	switch {
	case f == nil:
		return unsupported(r)
	case names(r):
		create := func(name string) (subject.Semaphore, error) {
			initial, err := need(r, "initial", r.Initial)
			if err != nil {
				return nil, err
			}
			maximum, err := need(r, "maximum", r.Maximum)
			if err != nil {
				return nil, err
			}
			return f.Create(name, subject.Stock{Initial: initial, Maximum: maximum})
		}
		return h.name(r, familyOf(create, f.Open, f.Unlink, func(s subject.Semaphore) any { return &semaphore{s} }))
	}
	s, err := held[*semaphore](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	switch r.Op {
	case protocol.OpSemaphoreWait:
		return h.call(func() error { return s.Wait(wait(r)) })
	case protocol.OpSemaphorePost:
		return h.call(s.Post)
	}
	return h.release(r, s.Detach)
}
