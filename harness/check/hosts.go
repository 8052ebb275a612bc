package check

import (
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world"
)

// TwoHosts gives the spec a far host. Where the system offers none the
// requirement is skipped, with the reason.
func TwoHosts() Option { return func(e *spec) { e.hosts = true } }

// A Host is one of the two of a spec that has two.
type Host bool

// The near host is that of every spec; the far one is reached over a network.
const (
	Near Host = false
	Far  Host = true
)

// gatewayAddress is where the far host reaches the near one.
const gatewayAddress = world.NearAddress + ":7000"

// Connect opens the near host to the far one, by a process of its own.
func (w *World) Connect() {
	can := w.Capabilities()
	switch {
	case !can.Has(world.NetworkNamespace):
		w.Skip("there is no second host here: %s", can.Reason(world.NetworkNamespace))
	case !can.Has(world.TwoHosts):
		w.Skip("there is no second host here: %s", can.Reason(world.TwoHosts))
	}
	w.gateway = w.Process("gateway")
	_, err := w.gateway.do(protocol.Request{Op: protocol.OpNetworkExpose, Name: gatewayAddress})
	w.Must(err, "opening the near host at %s", gatewayAddress)
}

// ProcessOn starts a process on one of the hosts. One on the far host becomes a
// process of the near one over the network.
func (w *World) ProcessOn(h Host, name string) *Process {
	l := w.spec.suite.Launcher
	l.Far = bool(h)
	p := w.process(name, l)
	if h == Far {
		_, err := p.do(protocol.Request{Op: protocol.OpNetworkDial, Name: gatewayAddress})
		w.Must(err, "reaching the near host at %s from the far one", gatewayAddress)
	}
	return p
}

// Cut cuts the connection between the hosts: what is sent is lost, and no process
// is notified. Heal mends it.
func (w *World) Cut() {
	w.Step("the connection between the hosts is cut")
	if err := w.World.Cut(w.ctx); err != nil {
		panic(kitError{err})
	}
}

// Heal mends the connection.
func (w *World) Heal() {
	w.Step("the connection heals")
	if err := w.World.Heal(w.ctx); err != nil {
		panic(kitError{err})
	}
}

// A part of a spec has its processes on the two hosts.
type part struct {
	number int
	names  string      // what names of objects begin with
	host   func() Host // where the next process is started; nil: near
}

// AcrossHosts runs a spec of another profile with its processes on the two hosts in
// turn: the first that it starts is on the host named, the second on the other.
// When it is done they leave.
func (w *World) AcrossHosts(what, profile string, first Host, body func(*World)) {
	where := "near"
	if first == Far {
		where = "far"
	}
	w.Step("%s, the first process on the %s host", what, where)
	before, own := len(w.processes), w.spec.profile
	next := first
	w.part = part{number: w.part.number + 1, host: func() Host { next = !next; return !next }}
	w.part.names = fmt.Sprintf("%d-", w.part.number)
	w.spec.profile = profile
	defer func() { w.part, w.spec.profile = part{number: w.part.number}, own }()
	body(w)
	for _, p := range w.processes[before:] {
		p.leave()
	}
	w.processes = w.processes[:before]
}

// SizeIn is the nearest to the wanted size that an item of a profile may have.
func (w *World) SizeIn(profile string, wanted int64) (size int64) {
	w.As(profile, func() { size = w.Queues().Size(wanted) })
	return size
}

// ClaimsExtended reports whether an extended requirement is claimed.
func (w *World) ClaimsExtended(id string) bool { return slices.Contains(w.Claims().Extended, id) }
