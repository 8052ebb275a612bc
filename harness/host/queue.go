package host

import (
	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A queue is a handle on a bounded buffer, a mailbox or a link. The wire treats
// the three alike.
type queue struct {
	family  string // buffer, mailbox or link
	object  any    // the subject's own, for its optional interfaces
	put     func(item []byte, wait subject.Wait) error
	get     func(into []byte, wait subject.Wait) (int, error)
	detach  func() error
	itemMax int64 // length of the buffer to get into
	stream  bool  // it keeps no boundaries
}

// A factory makes queues.
type factory struct {
	create func(name string, shape subject.Shape) (*queue, error)
	open   func(name string) (*queue, error)
	unlink func(name string) error
	item   subject.Item // as claimed
}

// family is the factory's, for one request.
func (f factory) family(r protocol.Request) family {
	create := func(name string) (*queue, error) {
		capacity, err := need(r, "capacity", r.Capacity)
		if err != nil {
			return nil, err
		}
		itemMax, err := need(r, "item_max", r.ItemMax)
		if err != nil {
			return nil, err
		}
		shape := subject.Shape{Capacity: capacity, ItemMax: itemMax, Owned: r.Owned}
		if r.Start != nil {
			shape.StartIndex = *r.Start
		}
		return f.create(name, shape)
	}
	return familyOf(create, f.open, f.unlink, func(q *queue) any {
		q.itemMax = f.itemMax(r)
		return q
	})
}

// defaultItemMax holds an item where neither the kit nor the claims say how
// large it may be.
const defaultItemMax = 64 << 10

// itemMax is the length of the buffer to get into.
func (f factory) itemMax(r protocol.Request) int64 {
	most := max(int64(f.item.Max), int64(f.item.Fixed))
	if r.ItemMax != nil && *r.ItemMax > 0 {
		most = max(most, *r.ItemMax)
	}
	if most == 0 {
		most = defaultItemMax
	}
	return min(most, maxGenerated)
}

// buffer gives the buffer to get into, of which the operation thread has one. A
// large one is kept from the garbage collector, which would let the subject's
// garbage grow with it: what the host itself takes must not look like the
// subject's growth.
func (h *host) buffer(size int64) []byte {
	if int64(len(h.into)) < size {
		const large = 64 << 10
		h.into = make([]byte, min(size, large))
		if size > large {
			p, err := unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
			if err != nil {
				p = make([]byte, size)
			}
			h.into = p
		}
	}
	return h.into[:size:size]
}

// disguise overwrites the start of a buffer, so that what is not copied into it
// does not look like zeros that were put.
func disguise(into []byte) { overwrite(into[:min(len(into), 4<<10)]) }

// queue does what needs a handle.
func (h *host) queue(r protocol.Request) (_ protocol.Reply, err error) {
	q, err := held[*queue](h, r)
	if err != nil {
		return protocol.Reply{}, err
	}
	family, verb := protocol.Split(r.Op)
	if family != q.family {
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "%s of a %s", r.Op, q.family)
	}
	switch verb {
	case protocol.Detach:
		return h.release(r, q.detach)
	case protocol.Close:
		c, ok := q.object.(subject.Closer)
		if !ok {
			return unsupported(r)
		}
		return h.call(c.Close)
	case protocol.RolePut, protocol.RoleSend:
		p, err := payload(r)
		if err != nil {
			return protocol.Reply{}, err
		}
		put, err := q.sending(r)
		if err != nil {
			return protocol.Reply{}, err
		}
		h.mark(func() { err = put(p, wait(r)) })
		overwrite(p)
		return protocol.Reply{}, err
	}
	return h.get(r, q)
}

func (h *host) get(r protocol.Request, q *queue) (_ protocol.Reply, err error) {
	size := q.itemMax
	if r.ItemMax != nil {
		size = *r.ItemMax
	}
	if size < 0 || size > maxGenerated {
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "item_max %d: want 0 to %d", size, maxGenerated)
	}
	into, n := h.buffer(size), 0
	disguise(into)
	if r.Identify {
		return h.identify(r, q, into)
	}
	h.mark(func() { n, err = q.get(into, wait(r)) })
	if err != nil {
		return protocol.Reply{}, err
	}
	return received(r, into, n)
}

// received puts what was got into a reply.
func received(r protocol.Request, into []byte, n int) (protocol.Reply, error) {
	if n < 0 || n > len(into) {
		return protocol.Reply{}, subject.Errorf(subject.IO, "get returned a length of %d for a buffer of %d bytes", n, len(into))
	}
	return read(r, into[:n])
}

func wait(r protocol.Request) subject.Wait {
	if r.Wait == nil {
		return subject.Forever
	}
	return subject.Wait(*r.Wait)
}
