package host

import (
	"errors"
	"io"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

func (h *host) region(r protocol.Request) (protocol.Reply, error) {
	f := h.subject.Regions
	switch {
	case f == nil:
		return unsupported(r)
	case names(r):
		create := func(name string) (subject.Region, error) {
			size, err := need(r, "size", r.Size)
			if err != nil {
				return nil, err
			}
			return f.Create(name, size)
		}
		open := func(name string) (subject.Region, error) { return f.Open(name, r.ReadOnly) }
		return h.name(r, familyOf(create, open, f.Unlink, func(region subject.Region) any { return region }))
	}
	region, err := held[subject.Region](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	switch r.Op {
	case protocol.OpRegionSize:
		var size int64
		h.mark(func() { size = region.Size() })
		if size < 0 {
			return protocol.Reply{}, subject.Errorf(subject.IO, "the region says that its size is %d", size)
		}
		return protocol.Reply{Size: &size}, nil
	case protocol.OpRegionClose:
		return h.release(r, region.Detach)
	case protocol.OpRegionWrite:
		return h.regionWrite(r, region)
	}
	return h.regionRead(r, region)
}

func (h *host) regionWrite(r protocol.Request, region subject.Region) (protocol.Reply, error) {
	offset, err := need(r, "offset", r.Offset)
	if err != nil {
		return protocol.Reply{}, err
	}
	p, err := payload(r)
	if err != nil {
		return protocol.Reply{}, err
	}
	var n int
	h.mark(func() { n, err = region.WriteAt(p, offset) })
	overwrite(p)
	if err == nil && n != len(p) {
		err = subject.Errorf(subject.IO, "WriteAt wrote %d of %d bytes and returned no error", n, len(p))
	}
	return protocol.Reply{}, err
}

func (h *host) regionRead(r protocol.Request, region subject.Region) (protocol.Reply, error) {
	offset, err := need(r, "offset", r.Offset)
	if err != nil {
		return protocol.Reply{}, err
	}
	size, err := need(r, "size", r.Size)
	if err != nil {
		return protocol.Reply{}, err
	}
	if size < 0 || size > maxGenerated {
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "%d bytes cannot be read at once; the most is %d", size, maxGenerated)
	}
	p := make([]byte, size)
	overwrite(p) // what is not read does not look like a fresh region
	var n int
	h.mark(func() { n, err = region.ReadAt(p, offset) })
	switch {
	case n == len(p) && (err == nil || errors.Is(err, io.EOF)): // io.ReaderAt allows both at the very end
		return read(r, p)
	case err == nil:
		err = subject.Errorf(subject.IO, "ReadAt read %d of %d bytes and returned no error", n, len(p))
	}
	return protocol.Reply{}, err
}
