package host

import (
	"encoding/base64"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/subject"
)

// overwritten is what the payload buffer holds once an operation is over: an
// implementation that kept a pointer to it delivers this.
const overwritten = 0xEE

// do carries out one operation on the operation thread.
func (h *host) do(r agent.Request) (agent.Reply, error) {
	switch r.Op {
	case agent.OpRegionCreate, agent.OpRegionOpen, agent.OpRegionUnlink:
		return h.regions(r)
	case agent.OpRegionRead, agent.OpRegionWrite, agent.OpRegionSize, agent.OpRegionClose:
		return h.region(r)
	case agent.OpWordLoad, agent.OpWordStore, agent.OpWordAdd, agent.OpWordCAS:
		return h.word(r)
	case agent.OpLockCreate, agent.OpLockOpen, agent.OpLockUnlink:
		return h.locks(r)
	case agent.OpLockAcquire, agent.OpLockRelease, agent.OpLockDetach:
		return h.lock(r)
	case agent.OpSemaphoreCreate, agent.OpSemaphoreOpen, agent.OpSemaphoreUnlink:
		return h.semaphores(r)
	case agent.OpSemaphoreWait, agent.OpSemaphorePost, agent.OpSemaphoreDetach:
		return h.semaphore(r)
	case agent.OpRWLockCreate, agent.OpRWLockOpen, agent.OpRWLockUnlink:
		return h.rwlocks(r)
	case agent.OpRWLockRead, agent.OpRWLockWrite, agent.OpRWLockRelease, agent.OpRWLockDetach:
		return h.rwlock(r)
	case agent.OpSnapshotCreate, agent.OpSnapshotOpen, agent.OpSnapshotUnlink:
		return h.snapshots(r)
	case agent.OpSnapshotPublish, agent.OpSnapshotRead, agent.OpSnapshotDetach:
		return h.snapshot(r)
	case agent.OpBufferCreate, agent.OpBufferOpen, agent.OpBufferUnlink:
		f, err := h.buffers(r)
		if err != nil {
			return agent.Reply{}, err
		}
		return h.queues(r, f)
	case agent.OpMailboxCreate, agent.OpMailboxOpen, agent.OpMailboxUnlink:
		f, err := h.mailboxes(r)
		if err != nil {
			return agent.Reply{}, err
		}
		return h.queues(r, f)
	case agent.OpMailboxHandOver:
		return h.handOver(r)
	case agent.OpNetworkExpose, agent.OpNetworkDial:
		return h.network(r)
	case agent.OpPartyJoin:
		return h.parties(r)
	case agent.OpPartyReceive, agent.OpPartyLeave:
		return h.party(r)
	case agent.OpLinkOpen:
		return h.link(r)
	case agent.OpLinkSend, agent.OpLinkReceive, agent.OpLinkDetach:
		return h.queue(r)
	case agent.OpBufferPut, agent.OpBufferGet, agent.OpBufferClose, agent.OpBufferDetach,
		agent.OpMailboxSend, agent.OpMailboxReceive, agent.OpMailboxClose, agent.OpMailboxDetach:
		return h.queue(r)
	case agent.OpWorkload:
		return h.workload(r)
	}
	return agent.Reply{}, &agent.Unsupported{Operation: r.Op}
}

func (h *host) object(handle string) (any, bool) {
	h.keeping.Lock()
	defer h.keeping.Unlock()
	o, ok := h.objects[handle]
	return o, ok
}

// vacant refuses a handle that cannot be given to a new object.
func (h *host) vacant(r agent.Request) error {
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
func held[T any](h *host, r agent.Request) (T, error) {
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

func need(r agent.Request, name string, value *int64) (int64, error) {
	if value == nil {
		return 0, subject.Errorf(subject.Invalid, "%s needs %s", r.Op, name)
	}
	return *value, nil
}

// maxGenerated bounds payloads that are made here, so that a wrong number is
// an answer and not the process's end.
const maxGenerated = 1 << 30

// payload makes the bytes that a request carries.
func payload(r agent.Request) ([]byte, error) {
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
	agent.Payload(p, *r.Seed)
	return p, nil
}

// read puts what was read into a reply.
func read(r agent.Request, p []byte) (agent.Reply, error) {
	switch {
	case r.Digest:
		return agent.Reply{Size: new(int64(len(p))), Hash: agent.Hash(p)}, nil
	case len(p) > agent.MaxData:
		return agent.Reply{}, subject.Errorf(subject.Invalid, "%d bytes do not fit into a reply; ask for a digest", len(p))
	}
	return agent.Reply{Data: new(base64.StdEncoding.EncodeToString(p))}, nil
}

func overwrite(p []byte) {
	for i := range p {
		p[i] = overwritten
	}
}
