package host

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

type semaphore struct{ subject.Semaphore }

func (h *host) semaphores(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Semaphores
	if f == nil {
		return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op}
	}
	var stock subject.Stock
	if r.Op == protocol.OpSemaphoreCreate {
		var err error
		if stock.Initial, err = need(r, "initial", r.Initial); err != nil {
			return protocol.Reply{}, err
		}
		if stock.Maximum, err = need(r, "maximum", r.Maximum); err != nil {
			return protocol.Reply{}, err
		}
	}
	keep := func(s subject.Semaphore, err error) (any, error) { return &semaphore{s}, err }
	return h.name(r, named{
		create: func(name string) (any, error) { return keep(f.Create(name, stock)) },
		open:   func(name string) (any, error) { return keep(f.Open(name)) },
		unlink: f.Unlink,
	})
}

func (h *host) semaphore(r protocol.Request) (protocol.Reply, error) {
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
