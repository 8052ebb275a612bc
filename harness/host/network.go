package host

import "github.com/ipckit/ipckit/harness/agent"

// network connects this process with other hosts.
func (h *host) network(r agent.Request) (agent.Reply, error) {
	n := h.subject.Network
	switch {
	case n == nil:
		return agent.Reply{}, &agent.Unsupported{Operation: r.Op}
	case r.Op == agent.OpNetworkExpose:
		return h.call(func() error { return n.Expose(r.Name) })
	}
	return h.call(func() error { return n.Dial(r.Name) })
}
