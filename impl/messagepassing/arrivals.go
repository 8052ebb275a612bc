package messagepassing

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// collectEnds receives the ends of links that the broker has for this endpoint.
// After the broker's death no more will come, and the direct links that exist
// remain usable. The caller holds mu.
func (e *Endpoint) collectEnds() {
	for e.brokerErr == nil {
		err := e.collectEnd()
		switch {
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil && !errors.Is(err, unix.EINTR):
			e.brokerErr = err
		}
	}
}

// collectEnd receives one end. The error is EAGAIN if there is none.
func (e *Endpoint) collectEnd() error {
	if e.incoming == nil {
		return e.requestEnd()
	}
	b := make([]byte, announcementSize)
	oob := make([]byte, unix.CmsgSpace(4))
	n, k, _, _, err := unix.Recvmsg(e.incoming.fd, b, oob, unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	switch {
	case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		return err
	case err != nil:
		return lost("read of new links", err)
	case n == 0:
		return lost("read of new links", unix.ECONNRESET)
	case n != announcementSize:
		return lost("read of new links", errProtocol)
	}
	var f frame
	length, _ := f.parseHeader(b)
	if length > nameMax {
		return lost("read of new links", errProtocol)
	}
	f.name = string(b[headerSize : headerSize+length])
	if f.flags&flagRelayed != 0 {
		e.addRelayed(&f)
		return nil
	}
	fd, err := oneDescriptor(oob[:k])
	if err != nil {
		return err
	}
	e.addEnd(f.name, newDirect(fd))
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

// requestEnd asks a broker on another host for the next end.
func (e *Endpoint) requestEnd() error {
	answer, err := e.ask(&frame{kind: requestWatch, room: uint32(e.relayed)}, Never)
	switch {
	case errors.Is(err, ErrEmpty), errors.Is(err, ErrTimeout): // a cut connection: try again later
		return unix.EAGAIN
	case err != nil:
		return err
	case answer.name == "": // a message on an existing link, not a new end
		return unix.EAGAIN
	}
	e.addRelayed(&answer)
	return nil
}

func (e *Endpoint) addRelayed(f *frame) {
	out, in := f.keys()
	e.relayed++
	e.addEnd(f.name, newRelayed(e.broker, f.name, out, in, func() { e.release(out) }))
}

func (e *Endpoint) addEnd(peer string, c transport) {
	if e.seen[peer] == 0 {
		e.order = append(e.order, peer)
	}
	e.seen[peer]++
	e.arrived[peer] = append(e.arrived[peer], c)
	if e.links[peer] == nil {
		e.replaceLink(peer)
	}
}

// ended reports whether nothing more will come over this link. It reads ahead,
// so that an endpoint that only sends learns of the end too.
func (l *Link) ended() bool {
	if l.isClosed() {
		return true
	}
	if !l.in.tryLock() {
		return false // a receive is in progress
	}
	defer l.in.unlock()
	scope, err := l.begin(noContext)
	if err != nil {
		return false
	}
	for {
		if _, ok, err := l.next(); ok || err != nil {
			return err != nil
		}
		if _, err := l.fetch(noContext, scope, nil, Never, time.Time{}); err != nil && l.received == nil {
			return false
		}
	}
}
