package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// buffers finds the factory that a request is for. Without a kind it is the
// only one that the subject has, or the one-to-one buffers.
func (h *host) buffers(r protocol.Request) (factory, error) {
	kind := r.Kind
	if kind == "" {
		kind = protocol.OneToOne
		if h.subject.OneToOne == nil {
			kind = protocol.Many
		}
	}
	p := h.subject.Claims.Profiles
	switch {
	case kind == protocol.OneToOne && h.subject.OneToOne != nil:
		return bufferFactory(h.subject.OneToOne, p.OneToOne), nil
	case kind == protocol.Many && h.subject.Many != nil:
		return bufferFactory(h.subject.Many, p.Many), nil
	case kind != protocol.OneToOne && kind != protocol.Many:
		return factory{}, subject.Errorf(subject.Invalid, "kind %q: want %s or %s", kind, protocol.OneToOne, protocol.Many)
	}
	return factory{}, &protocol.Unsupported{Operation: r.Op + " of kind " + kind}
}

func bufferFactory(b subject.Buffers, claimed *subject.BufferProfile) factory {
	f := factory{
		create: func(name string, shape subject.Shape) (*queue, error) { return bufferQueue(b.Create(name, shape)) },
		open:   func(name string) (*queue, error) { return bufferQueue(b.Open(name)) },
		unlink: b.Unlink,
	}
	if claimed != nil {
		f.item = claimed.Item
	}
	return f
}

func bufferQueue(b subject.Buffer, err error) (*queue, error) {
	if err != nil {
		return nil, err
	}
	return &queue{family: protocol.Buffer, object: b, put: b.Put, get: b.Get, detach: b.Detach}, nil
}
