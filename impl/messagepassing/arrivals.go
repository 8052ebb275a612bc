package messagepassing

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// gather takes in the ends of links that the office has for this party. If the
// office has died there will be no more; the direct links that there are go on.
// The caller holds mu.
func (p *Party) gather() {
	for p.orphan == nil {
		err := p.gatherOne()
		switch {
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil && !errors.Is(err, unix.EINTR):
			p.orphan = err
		}
	}
}

// gatherOne takes in one end: EAGAIN if there is none.
func (p *Party) gatherOne() error {
	if p.news == nil {
		return p.fetchEnd()
	}
	b := make([]byte, newsSize)
	oob := make([]byte, unix.CmsgSpace(4))
	n, k, _, _, err := unix.Recvmsg(p.news.fd, b, oob, unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	switch {
	case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		return err
	case err != nil:
		return lost("read of new links", err)
	case n == 0:
		return lost("read of new links", unix.ECONNRESET)
	case n != newsSize:
		return lost("read of new links", errProtocol)
	}
	var f frame
	length, _ := f.parseHeader(b)
	if length > nameMax {
		return lost("read of new links", errProtocol)
	}
	f.name = string(b[headerSize : headerSize+length])
	if f.flags&flagCarried != 0 {
		p.arriveCarried(&f)
		return nil
	}
	fd, err := oneDescriptor(oob[:k])
	if err != nil {
		return err
	}
	p.arrive(f.name, newDirect(fd))
	return nil
}

func oneDescriptor(oob []byte) (fd int, err error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err == nil && len(messages) == 1 {
		var fds []int
		if fds, err = unix.ParseUnixRights(&messages[0]); err == nil && len(fds) == 1 {
			return fds[0], nil
		}
	}
	return -1, fmt.Errorf("%w: a socket was offered, but its descriptor did not arrive; raise the limit of open files", ErrNoSpace)
}

// fetchEnd asks an office on another host for the next end.
func (p *Party) fetchEnd() error {
	answer, err := p.ask(&frame{kind: requestWatch, room: uint32(p.carried)}, Never)
	switch {
	case errors.Is(err, ErrEmpty), errors.Is(err, ErrTimeout): // a cut line: later, perhaps
		return unix.EAGAIN
	case err != nil:
		return err
	case answer.name == "": // a link has something, which is not asked here
		return unix.EAGAIN
	}
	p.arriveCarried(&answer)
	return nil
}

func (p *Party) arriveCarried(f *frame) {
	out, in := f.keys()
	p.carried++
	p.arrive(f.name, newCarried(p.office, f.name, out, in, func() { p.dismiss(out) }))
}

func (p *Party) arrive(peer string, c carrier) {
	if p.seen[peer] == 0 {
		p.order = append(p.order, peer)
	}
	p.seen[peer]++
	p.arrived[peer] = append(p.arrived[peer], c)
	if p.links[peer] == nil {
		p.succeed(peer)
	}
}

// over reports whether nothing more will come over this link. It looks, so that
// one who only sends learns of the end too.
func (l *Link) over() bool {
	if l.isClosed() {
		return true
	}
	if !l.in.try() {
		return false // somebody waits for more
	}
	defer l.in.leave()
	era, err := l.now(noContext)
	if err != nil {
		return false
	}
	for {
		if _, ok, err := l.next(); ok || err != nil {
			return err != nil
		}
		if _, err := l.fetch(noContext, era, nil, Never, time.Time{}); err != nil && l.received == nil {
			return false
		}
	}
}
