package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

type rwlock struct{ subject.RWLock }

func (h *host) rwlocks(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.RWLocks
	if f == nil {
		return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op}
	}
	keep := func(l subject.RWLock, err error) (any, error) { return &rwlock{l}, err }
	return h.name(r, named{
		create: func(name string) (any, error) { return keep(f.Create(name)) },
		open:   func(name string) (any, error) { return keep(f.Open(name)) },
		unlink: f.Unlink,
	})
}

func (h *host) rwlock(r protocol.Request) (protocol.Reply, error) {
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
