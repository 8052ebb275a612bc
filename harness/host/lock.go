package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// lock is a handle on a lock. Handles of different families have types of
// their own, so that one is not taken for another.
type lock struct{ subject.Lock }

func (h *host) locks(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Locks
	if f == nil {
		return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op}
	}
	keep := func(l subject.Lock, err error) (any, error) { return &lock{l}, err }
	return h.name(r, named{
		create: func(name string) (any, error) { return keep(f.Create(name)) },
		open:   func(name string) (any, error) { return keep(f.Open(name)) },
		unlink: f.Unlink,
	})
}

func (h *host) lock(r protocol.Request) (protocol.Reply, error) {
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
