package host

import (
	"strings"

	"github.com/ipckit/ipckit/harness/protocol"
)

// named is a family of objects that have names and nothing else in common.
type named struct {
	create, open func(name string) (any, error) // the handle that is kept
	unlink       func(name string) error
}

// name does what needs no handle yet.
func (h *host) name(r protocol.Request, f named) (_ protocol.Reply, err error) {
	make := f.open
	switch {
	case strings.HasSuffix(r.Op, ".unlink"):
		h.mark(func() { err = f.unlink(r.Name) })
		return protocol.Reply{}, err
	case strings.HasSuffix(r.Op, ".create"):
		make = f.create
	}
	if err := h.vacant(r); err != nil {
		return protocol.Reply{}, err
	}
	var object any
	h.mark(func() { object, err = make(r.Name) })
	if err != nil {
		return protocol.Reply{}, err
	}
	h.keep(r.Object, object)
	return protocol.Reply{}, nil
}

// call makes one call to the subject.
func (h *host) call(f func() error) (_ protocol.Reply, err error) {
	h.mark(func() { err = f() })
	return protocol.Reply{}, err
}

// release makes the call that gives a handle back.
func (h *host) release(r protocol.Request, detach func() error) (protocol.Reply, error) {
	h.forget(r.Object)
	return h.call(detach)
}
