package host

import (
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/subject"
)

type semaphore struct{ subject.Semaphore }

func (h *host) semaphores(r agent.Request) (agent.Reply, error) {
	f := h.subject.Semaphores
	if f == nil {
		return agent.Reply{}, &agent.Unsupported{Operation: r.Op}
	}
	var stock subject.Stock
	if r.Op == agent.OpSemaphoreCreate {
		var err error
		if stock.Initial, err = need(r, "initial", r.Initial); err != nil {
			return agent.Reply{}, err
		}
		if stock.Maximum, err = need(r, "maximum", r.Maximum); err != nil {
			return agent.Reply{}, err
		}
	}
	keep := func(s subject.Semaphore, err error) (any, error) { return &semaphore{s}, err }
	return h.name(r, named{
		create: func(name string) (any, error) { return keep(f.Create(name, stock)) },
		open:   func(name string) (any, error) { return keep(f.Open(name)) },
		unlink: f.Unlink,
	})
}

func (h *host) semaphore(r agent.Request) (agent.Reply, error) {
	s, err := held[*semaphore](h, r)
	if err != nil {
		return agent.Reply{}, err
	}
	switch r.Op {
	case agent.OpSemaphoreWait:
		return h.call(func() error { return s.Wait(wait(r)) })
	case agent.OpSemaphorePost:
		return h.call(s.Post)
	}
	return h.release(r, s.Detach)
}
