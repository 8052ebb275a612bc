package host

import (
	"strings"

	"github.com/ipckit/ipckit/harness/agent"
)

// named is a family of objects that have names and nothing else in common.
type named struct {
	create, open func(name string) (any, error) // the handle that is kept
	unlink       func(name string) error
}

// name does what needs no handle yet.
func (h *host) name(r agent.Request, f named) (_ agent.Reply, err error) {
	make := f.open
	switch {
	case strings.HasSuffix(r.Op, ".unlink"):
		h.mark(func() { err = f.unlink(r.Name) })
		return agent.Reply{}, err
	case strings.HasSuffix(r.Op, ".create"):
		make = f.create
	}
	if err := h.vacant(r); err != nil {
		return agent.Reply{}, err
	}
	var object any
	h.mark(func() { object, err = make(r.Name) })
	if err != nil {
		return agent.Reply{}, err
	}
	h.keep(r.Object, object)
	return agent.Reply{}, nil
}

// call makes one call to the subject.
func (h *host) call(f func() error) (_ agent.Reply, err error) {
	h.mark(func() { err = f() })
	return agent.Reply{}, err
}

// release makes the call that gives a handle back.
func (h *host) release(r agent.Request, detach func() error) (agent.Reply, error) {
	h.forget(r.Object)
	return h.call(detach)
}
