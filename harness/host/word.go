package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// words finds the region of a handle, which must have atomic words.
func (h *host) words(r protocol.Request) (subject.Words, error) {
	region, err := held[subject.Region](h, r)
	if err != nil {
		return nil, err
	}
	w, ok := region.(subject.Words)
	if !ok {
		return nil, &protocol.Unsupported{Operation: r.Op}
	}
	return w, nil
}

func (h *host) word(r protocol.Request) (reply protocol.Reply, err error) {
	w, err := h.words(r)
	if err != nil {
		return reply, err
	}
	offset, err := need(r, "offset", r.Offset)
	if err != nil {
		return reply, err
	}
	if r.Op == protocol.OpWordLoad {
		var v uint64
		h.mark(func() { v, err = w.Load(offset) })
		return protocol.Reply{Value: &v}, err
	}
	if r.Value == nil {
		return reply, subject.Errorf(subject.Invalid, "%s needs value", r.Op)
	}
	var held uint64
	switch r.Op {
	case protocol.OpWordStore:
		return h.call(func() error { return w.Store(offset, *r.Value) })
	case protocol.OpWordAdd:
		h.mark(func() { held, err = w.Add(offset, *r.Value) })
		return protocol.Reply{Value: &held}, err
	}
	if r.Expected == nil {
		return reply, subject.Errorf(subject.Invalid, "%s needs expected", r.Op)
	}
	var swapped bool
	h.mark(func() { held, swapped, err = w.CompareAndSwap(offset, *r.Expected, *r.Value) })
	return protocol.Reply{Value: &held, Swapped: &swapped}, err
}
