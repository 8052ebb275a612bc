package host

import "github.com/ipckit/ipckit/harness/protocol"

// network connects this process with other hosts.
func (h *host) network(r protocol.Request) (protocol.Reply, error) {
	n := h.subject.Network
	switch {
	case n == nil:
		return unsupported(r)
	case r.Op == protocol.OpNetworkExpose:
		return h.call(func() error { return n.Expose(r.Name) })
	}
	return h.call(func() error { return n.Dial(r.Name) })
}
