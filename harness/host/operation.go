package host

import (
	"encoding/base64"
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// overwritten is what the payload buffer holds once an operation is over: an
// implementation that kept a pointer to it delivers this.
const overwritten = 0xEE

// do carries out one operation on the operation thread.
func (h *host) do(r protocol.Request) (protocol.Reply, error) {
	if !slices.Contains(protocol.Operations, r.Op) {
		return unsupported(r)
	}
	switch family, _ := protocol.Split(r.Op); family {
	case protocol.Region:
		return h.region(r)
	case protocol.Word:
		return h.word(r)
	case protocol.Lock:
		return h.lock(r)
	case protocol.Semaphore:
		return h.semaphore(r)
	case protocol.RWLock:
		return h.rwlock(r)
	case protocol.Snapshot:
		return h.snapshot(r)
	case protocol.Buffer, protocol.Mailbox:
		return h.queueOrName(r)
	case protocol.Party:
		return h.party(r)
	case protocol.Link:
		return h.link(r)
	case protocol.Network:
		return h.network(r)
	}
	return h.workload(r)
}

// queueOrName does an operation of a bounded buffer or a mailbox.
func (h *host) queueOrName(r protocol.Request) (protocol.Reply, error) {
	switch {
	case r.Op == protocol.OpMailboxHandOver:
		return h.handOver(r)
	case !names(r):
		return h.queue(r)
	}
	find := h.buffers
	if family, _ := protocol.Split(r.Op); family == protocol.Mailbox {
		find = h.mailboxes
	}
	f, err := find(r)
	if err != nil {
		return protocol.Reply{}, err
	}
	return h.name(r, f.family(r))
}

func (h *host) object(handle string) (any, bool) {
	h.keeping.Lock()
	defer h.keeping.Unlock()
	o, ok := h.objects[handle]
	return o, ok
}

// vacant refuses a handle that cannot be given to a new object.
func (h *host) vacant(r protocol.Request) error {
	if r.Object == "" {
		return subject.Errorf(subject.Invalid, "%s needs object, the handle to give", r.Op)
	}
	if _, used := h.object(r.Object); used {
		return subject.Errorf(subject.Invalid, "the handle %q is in use", r.Object)
	}
	return nil
}

func (h *host) keep(handle string, o any) {
	h.keeping.Lock()
	defer h.keeping.Unlock()
	h.objects[handle] = o
}

func (h *host) forget(handle string) {
	h.keeping.Lock()
	defer h.keeping.Unlock()
	delete(h.objects, handle)
}

// held finds the object of a handle, which must be of the operation's family.
func held[T any](h *host, r protocol.Request) (T, error) {
	o, ok := h.object(r.Object)
	t, fits := o.(T)
	switch {
	case !ok:
		return t, subject.Errorf(subject.Invalid, "there is no object with the handle %q", r.Object)
	case !fits:
		return t, subject.Errorf(subject.Invalid, "%s does not fit the object with the handle %q", r.Op, r.Object)
	}
	return t, nil
}

func need(r protocol.Request, name string, value *int64) (int64, error) {
	if value == nil {
		return 0, subject.Errorf(subject.Invalid, "%s needs %s", r.Op, name)
	}
	return *value, nil
}

// maxGenerated bounds payloads that are made here, so that a wrong number is
// an answer and not the process's end.
const maxGenerated = 1 << 30

// payload makes the bytes that a request carries.
func payload(r protocol.Request) ([]byte, error) {
	switch {
	case r.Data != nil:
		p, err := base64.StdEncoding.DecodeString(*r.Data)
		if err != nil {
			return nil, subject.Errorf(subject.Invalid, "data: %v", err)
		}
		return p, nil
	case r.Size == nil || r.Seed == nil:
		return nil, subject.Errorf(subject.Invalid, "%s needs data, or size and seed", r.Op)
	case *r.Size < 0 || *r.Size > maxGenerated:
		return nil, subject.Errorf(subject.Invalid, "a payload of %d bytes cannot be generated; the most is %d", *r.Size, maxGenerated)
	}
	p := make([]byte, *r.Size)
	protocol.Payload(p, *r.Seed)
	return p, nil
}

// read puts what was read into a reply.
func read(r protocol.Request, p []byte) (protocol.Reply, error) {
	switch {
	case r.Digest:
		return protocol.Reply{Size: new(int64(len(p))), Hash: protocol.Hash(p)}, nil
	case len(p) > protocol.MaxData:
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "%d bytes do not fit into a reply; ask for a digest", len(p))
	}
	return protocol.Reply{Data: new(base64.StdEncoding.EncodeToString(p))}, nil
}

func overwrite(p []byte) {
	for i := range p {
		p[i] = overwritten
	}
}
