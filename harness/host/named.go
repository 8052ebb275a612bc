package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
)

// A family makes, finds and removes objects by their names. What create and open
// give is kept under the request's handle.
type family struct {
	create, open func(name string) (any, error)
	unlink       func(name string) error
}

// familyOf makes a family of a subject's factory; keep makes the handle that is
// kept of an object.
func familyOf[T any](create, open func(string) (T, error), unlink func(string) error, keep func(T) any) family {
	kept := func(make func(string) (T, error)) func(string) (any, error) {
		return func(name string) (any, error) {
			o, err := make(name)
			if err != nil {
				return nil, err
			}
			return keep(o), nil
		}
	}
	return family{kept(create), kept(open), unlink}
}

// names reports whether an operation needs no handle yet, but a name.
func names(r protocol.Request) bool {
	switch _, verb := protocol.Split(r.Op); verb {
	case protocol.Create, protocol.Open, protocol.Unlink:
		return true
	}
	return false
}

// name does what needs no handle yet.
func (h *host) name(r protocol.Request, f family) (_ protocol.Reply, err error) {
	make := f.open
	switch _, verb := protocol.Split(r.Op); verb {
	case protocol.Unlink:
		return h.call(func() error { return f.unlink(r.Name) })
	case protocol.Create:
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

// unsupported answers an operation that the subject does not have.
func unsupported(r protocol.Request) (protocol.Reply, error) {
	return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op}
}
