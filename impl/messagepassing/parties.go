package messagepassing

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// parties is the office's register of names. The office introduces processes to
// each other: for each pair it makes one socketpair, has each end say who sits
// at it, and passes the ends on (SCM_RIGHTS, unix(7)). What the processes then
// say to each other does not go through the office.
type parties struct {
	byName map[string]*party
	byKey  map[uint64]*party
	byPID  map[uint32]*party // the latest name of a process, stamped on its messages
	absent map[string][]end  // ends for parties that have not joined yet
}

// A party is a name that a living process holds.
type party struct {
	credentials
	key         uint64
	news        *peer             // where its ends of links are sent to
	undelivered []end             // until news is there and has room
	received    map[string]uint32 // how many ends it was given, by the other's name
}

// An end is one end of a link on its way to its party.
type end struct {
	from string // the other party
	fd   int
}

func newParties() parties {
	return parties{byName: map[string]*party{}, byKey: map[uint64]*party{}, byPID: map[uint32]*party{}, absent: map[string][]end{}}
}

// join gives a name to a process, unless a living one has it.
func (r *parties) join(name string, who credentials) (*party, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if p := r.byName[name]; p != nil {
		return nil, fmt.Errorf("%w: process %d has joined under this name", ErrExist, p.pid)
	}
	var key [8]byte
	_, _ = rand.Read(key[:]) // never fails
	who.name = name
	p := &party{credentials: who, key: binary.LittleEndian.Uint64(key[:]), received: map[string]uint32{}}
	r.byName[name], r.byKey[p.key], r.byPID[who.pid] = p, p, p
	for _, e := range r.absent[name] {
		p.give(e, e.fd)
	}
	delete(r.absent, name)
	return p, nil
}

// leave frees the name. Ends of its links that wait for absent parties stay:
// they hold what it had sent.
func (r *parties) leave(p *party) {
	delete(r.byName, p.name)
	delete(r.byKey, p.key)
	if r.byPID[p.pid] == p {
		delete(r.byPID, p.pid)
	}
	for _, e := range p.undelivered {
		_ = unix.Close(e.fd)
	}
	p.undelivered = nil
}

// link makes the link between p and the named party, which need not have joined
// yet. seen is how many ends of links with that party p has got so far: if it was
// given more, the link is there and p has only to look.
func (r *parties) link(p *party, other string, seen uint32) error {
	if err := checkName(other); err != nil {
		return err
	}
	if other == p.name {
		return fmt.Errorf("%w: a link to oneself", ErrInvalid)
	}
	if p.received[other] > seen {
		return nil
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return systemError("socketpair", err)
	}
	for _, fd := range fds {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, linkBuffer) // as much as there is
	}
	p.give(end{from: other, fd: fds[0]}, fds[0])
	theirs := end{from: p.name, fd: fds[1]}
	if q := r.byName[other]; q != nil {
		q.give(theirs, fds[1])
		return nil
	}
	r.await(other, theirs)
	return nil
}

// await keeps an end for a party that has not joined. Of several from one name
// the last counts: the others are links that their party has given up.
func (r *parties) await(name string, e end) {
	for i, old := range r.absent[name] {
		if old.from == e.from {
			_ = unix.Close(old.fd)
			r.absent[name][i] = e
			return
		}
	}
	r.absent[name] = append(r.absent[name], e)
}

// give introduces p to the other side of a link, and sends p its end of it.
// The introduction is the first record that the other side receives, since p
// could not write before; nobody can forge it.
func (p *party) give(e end, fd int) {
	_ = unix.Send(fd, appendHello(p.credentials), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT) // a dead peer needs none
	p.received[e.from]++
	p.undelivered = append(p.undelivered, e)
	p.deliver()
}

// deliver sends ends as long as there is room. Nothing else is sent on that
// line: the kernel would join bytes without a descriptor to those with one.
func (p *party) deliver() {
	for p.news != nil && !p.news.dead && len(p.undelivered) > 0 {
		e := p.undelivered[0]
		frame := (&frame{name: e.from}).appendHeader(nil)
		err := unix.Sendmsg(p.news.fd, frame, unix.UnixRights(e.fd), nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == nil:
			_ = unix.Close(e.fd)
			p.undelivered = p.undelivered[1:]
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			p.news.wantRoom()
			return
		default:
			p.news.server.drop(p.news)
			return
		}
	}
}
