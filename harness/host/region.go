package host

import (
	"errors"
	"io"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// regions does what needs no handle yet.
func (h *host) regions(r protocol.Request) (_ protocol.Reply, err error) {
	f := h.subject.Regions
	if f == nil {
		return protocol.Reply{}, &protocol.Unsupported{Operation: r.Op}
	}
	if r.Op == protocol.OpRegionUnlink {
		h.mark(func() { err = f.Unlink(r.Name) })
		return protocol.Reply{}, err
	}
	if err := h.vacant(r); err != nil {
		return protocol.Reply{}, err
	}
	var region subject.Region
	if r.Op == protocol.OpRegionCreate {
		size, err := need(r, "size", r.Size)
		if err != nil {
			return protocol.Reply{}, err
		}
		h.mark(func() { region, err = f.Create(r.Name, size) })
		if err != nil {
			return protocol.Reply{}, err
		}
	} else {
		h.mark(func() { region, err = f.Open(r.Name, r.ReadOnly) })
		if err != nil {
			return protocol.Reply{}, err
		}
	}
	h.keep(r.Object, region)
	return protocol.Reply{}, nil
}

// region does what needs one.
func (h *host) region(r protocol.Request) (protocol.Reply, error) {
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
		h.forget(r.Object)
		h.mark(func() { err = region.Detach() })
		return protocol.Reply{}, err
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
