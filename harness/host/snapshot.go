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

func (h *host) snapshot(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Snapshots
	switch {
	case f == nil:
		return unsupported(r)
	case names(r):
		create := func(name string) (subject.Snapshot, error) {
			most, err := need(r, "item_max", r.ItemMax)
			if err != nil {
				return nil, err
			}
			return f.Create(name, most)
		}
		room := h.recordMax(r)
		return h.name(r, familyOf(create, f.Open, f.Unlink, func(s subject.Snapshot) any { return &snapshot{s, room} }))
	}
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

// recordMax is the length of the buffer that records are read into: as the kit
// or the claims say.
func (h *host) recordMax(r protocol.Request) (most int64) {
	if r.ItemMax != nil {
		most = *r.ItemMax
	}
	if claimed := h.subject.Claims.Profiles.Snapshot; claimed != nil {
		_, size := claimed.Record.Bounds()
		most = max(most, int64(size))
	}
	return min(max(cmp.Or(most, defaultItemMax), 0), maxGenerated)
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
