package host

import (
	"cmp"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

type snapshot struct {
	subject.Snapshot
	recordMax int64 // length of the buffer to read into
}

func (h *host) snapshots(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Snapshots
	if f == nil {
		return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op}
	}
	var most int64
	if r.ItemMax != nil {
		most = *r.ItemMax
	} else if r.Op == protocol.OpSnapshotCreate {
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "%s needs item_max", r.Op)
	}
	room := most
	if claimed := h.subject.Claims.Profiles.Snapshot; claimed != nil {
		_, size := claimed.Record.Bounds()
		room = max(room, int64(size))
	}
	room = min(max(cmp.Or(room, defaultItemMax), 0), maxGenerated)
	keep := func(s subject.Snapshot, err error) (any, error) { return &snapshot{s, room}, err }
	return h.name(r, named{
		create: func(name string) (any, error) { return keep(f.Create(name, most)) },
		open:   func(name string) (any, error) { return keep(f.Open(name)) },
		unlink: f.Unlink,
	})
}

func (h *host) snapshot(r protocol.Request) (protocol.Reply, error) {
	s, err := held[*snapshot](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	switch r.Op {
	case protocol.OpSnapshotPublish:
		p, err := payload(r)
		if err != nil {
			return protocol.Reply{}, err
		}
		reply, err := h.call(func() error { return s.Publish(p) })
		overwrite(p)
		return reply, err
	case protocol.OpSnapshotRead:
		return h.snapshotRead(r, s)
	}
	return h.release(r, s.Detach)
}

func (h *host) snapshotRead(r protocol.Request, s *snapshot) (_ protocol.Reply, err error) {
	size := s.recordMax
	if r.ItemMax != nil {
		size = *r.ItemMax
	}
	if size < 0 || size > maxGenerated {
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "item_max %d: want 0 to %d", size, maxGenerated)
	}
	into, n := h.buffer(size), 0
	disguise(into)
	h.mark(func() { n, err = s.Read(into) })
	if err != nil {
		return protocol.Reply{}, err
	}
	if n < 0 || n > len(into) {
		return protocol.Reply{}, subject.Errorf(subject.IO, "Read returned a length of %d for a buffer of %d bytes", n, len(into))
	}
	return read(r, into[:n])
}
