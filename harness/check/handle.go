package check

import "github.com/ipckit/ipckit/harness/protocol"

// A handle is one process's way to an object that has a name.
type handle struct {
	process *Process
	id      string
	family  string
	Name    string
}

// create and open make a handle; more completes the request.
func (p *Process) create(family, name string, more func(*protocol.Request)) (handle, error) {
	h, err := p.attach(protocol.Op(family, protocol.Create), name, more)
	if err == nil {
		p.objects[name] = family
	}
	return h, err
}

func (p *Process) open(family, name string) (handle, error) {
	return p.attach(protocol.Op(family, protocol.Open), name, nil)
}

func (p *Process) attach(op, name string, more func(*protocol.Request)) (handle, error) {
	family, _ := protocol.Split(op)
	h := handle{process: p, id: p.handle(family[:1]), family: family, Name: name}
	r := protocol.Request{Op: op, Object: h.id, Name: name}
	if more != nil {
		more(&r)
	}
	_, err := p.do(r)
	return h, err
}

// Process is the one that holds the handle.
func (h handle) Process() *Process { return h.process }

// Detach gives the handle back.
func (h handle) Detach() error { return h.call(protocol.Op(h.family, protocol.Detach)) }

// Unlink removes the object's name, whichever process created it.
func (h handle) Unlink() error { return h.process.unlink(h.family, h.Name) }

// call does an operation without arguments that ought to come back.
func (h handle) call(op string) error {
	_, err := h.process.do(protocol.Request{Op: op, Object: h.id})
	return err
}

// begin starts an operation without arguments.
func (h handle) begin(op string) *Call {
	return h.process.begin(protocol.Request{Op: op, Object: h.id})
}

// waiting begins an operation that may wait.
func (h handle) waiting(op string, wait protocol.WireWait) *Call {
	return h.process.begin(protocol.Request{Op: op, Object: h.id, Wait: &wait})
}
