package messagepassing

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// endpoints is the broker's register of names. The broker introduces processes to
// each other: for each pair it makes one socketpair, has each end say who sits
// at it, and passes the ends on (SCM_RIGHTS, unix(7)). What the processes then
// say to each other does not go through the broker, unless one of them is on
// another host, or may be: then the link is a channel.
type registry struct {
	server *server
	byName map[string]*member
	byKey  map[uint64]*member
	byPID  map[uint32]*member // the latest name of a process, stamped on its messages
	waiting map[string][]end  // ends for endpoints that have not joined yet
}

// A endpoint is a name that a living process holds.
type member struct {
	credentials
	key         uint64
	incoming        *client             // where ends are sent to; nil for one on another host, which asks
	undelivered []end             // until news is there and has room
	received    map[string]uint32 // how many ends it was given, by the other's name
	relayed     []end             // those of channels
	channels    map[uint64]*channel
	watching    *client // waits for another end, or for something in a channel
	known       int   // how many of carried the one who watches has got
}

// An end is one end of a link on its way to its endpoint.
type end struct {
	from    string   // the other endpoint
	fd      int      // -1 for a channel
	channel *channel // nil for a socket
}

func newRegistry(s *server) registry {
	return registry{
		server: s, byName: map[string]*member{}, byKey: map[uint64]*member{},
		byPID: map[uint32]*member{}, waiting: map[string][]end{},
	}
}

// join gives a name to a process, unless a living one has it.
func (r *registry) join(name string, who credentials) (*member, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if m := r.byName[name]; m != nil {
		return nil, fmt.Errorf("%w: process %d has joined under this name", ErrExist, m.pid)
	}
	who.name = name
	m := &member{credentials: who, key: newKey(), received: map[string]uint32{}, channels: map[uint64]*channel{}}
	r.byName[name], r.byKey[m.key], r.byPID[who.pid] = m, m, m
	for _, e := range r.waiting[name] {
		if m.host != "" && e.channel == nil {
			r.discard(e) // a socket does not reach so far; the other one will ask anew
			continue
		}
		m.give(e)
	}
	delete(r.waiting, name)
	return m, nil
}

// leave frees the name. Ends of its links that wait for absent endpoints stay:
// they hold what it had sent.
func (r *registry) leave(m *member) {
	delete(r.byName, m.name)
	delete(r.byKey, m.key)
	if r.byPID[m.pid] == m {
		delete(r.byPID, m.pid)
	}
	for _, e := range m.undelivered {
		if e.channel == nil {
			_ = unix.Close(e.fd)
		}
	}
	m.undelivered = nil
	for key, c := range m.channels {
		delete(m.channels, key)
		r.server.releaseChannel(c, fmt.Errorf("%w: %s has ended", ErrPeerDead, m.name))
	}
}

// link makes the link between p and the named endpoint, which need not have joined
// yet. seen is how many ends of links with that endpoint p has got so far: if it was
// given more, the link is there and p has only to look.
func (r *registry) link(m *member, peer string, seen uint32) error {
	if err := checkName(peer); err != nil {
		return err
	}
	if peer == m.name {
		return fmt.Errorf("%w: a link to oneself", ErrInvalid)
	}
	if m.received[peer] > seen {
		return nil
	}
	other := r.byName[peer]
	mine, theirs := end{from: peer, fd: -1}, end{from: m.name, fd: -1}
	if m.host != "" || other != nil && other.host != "" || len(r.server.sessions.listeners) > 0 {
		mine.channel = r.server.openChannel(m)
		theirs.channel = mine.channel
	} else {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return systemError("socketpair", err)
		}
		for _, fd := range fds {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, linkBuffer) // as much as there is
		}
		mine.fd, theirs.fd = fds[0], fds[1]
	}
	m.give(mine)
	if other != nil {
		other.give(theirs)
	} else {
		r.await(peer, theirs)
	}
	return nil
}

// await keeps an end for an endpoint that has not joined. Of several from one name
// the last counts: the others are links that their endpoint has given up.
func (r *registry) await(name string, e end) {
	for i, old := range r.waiting[name] {
		if old.from == e.from {
			r.discard(old)
			r.waiting[name][i] = e
			return
		}
	}
	r.waiting[name] = append(r.waiting[name], e)
}

// discard drops an end that nobody will get.
func (r *registry) discard(e end) {
	if e.channel != nil {
		r.server.releaseChannel(e.channel, fmt.Errorf("%w: the link was given up", ErrPeerDead))
		return
	}
	_ = unix.Close(e.fd)
}

// give introduces p to the other side of a link, and gives p its end of it. The
// introduction is the first record that the other side receives, since p could
// not write before; nobody can forge it.
func (m *member) give(e end) {
	hello := appendHello(m.credentials)
	if e.channel != nil {
		out, in := e.channel.side(m)
		if out.ended == nil {
			out.put(&message{body: hello, from: m.credentials})
			out.settle()
		}
		in.watcher = m
		m.channels[out.key] = e.channel
		m.relayed = append(m.relayed, e)
	} else {
		_ = unix.Send(e.fd, hello, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT) // a dead peer needs none
	}
	m.received[e.from]++
	if m.host == "" {
		m.undelivered = append(m.undelivered, e)
		m.deliver()
	}
	m.notify()
}

// deliver sends ends as long as there is room. Nothing else is sent on that
// line: the kernel would join bytes without a descriptor to those with one.
func (m *member) deliver() {
	for m.incoming != nil && !m.incoming.dead && len(m.undelivered) > 0 {
		e := m.undelivered[0]
		var rights []byte
		if e.channel == nil {
			rights = unix.UnixRights(e.fd)
		}
		frame := m.announce(e).appendHeader(nil)
		frame = append(frame, make([]byte, announcementSize-len(frame))...)
		err := unix.Sendmsg(m.incoming.fd, frame, rights, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == nil:
			if e.channel == nil {
				_ = unix.Close(e.fd)
			}
			m.undelivered = m.undelivered[1:]
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			m.incoming.awaitWritable()
			return
		default:
			m.incoming.server.drop(m.incoming)
			return
		}
	}
}

func (m *member) announce(e end) *frame {
	if e.channel == nil {
		return announce(e.from, 0, 0, false)
	}
	out, in := e.channel.side(m)
	return announce(e.from, out.key, in.key, true)
}

// watch answers when the endpoint has more carried ends than known, with the next;
// or when there is something to receive from a channel, without one.
func (m *member) watch(asker *client, known int, never bool) {
	switch f := m.notice(known); {
	case f != nil:
		asker.respond(f)
	case never:
		asker.answer(nil, ErrEmpty)
	case m.watching != nil:
		asker.answer(nil, fmt.Errorf("%w: another line watches", ErrInvalid))
	default:
		m.watching, m.known = asker, known
	}
}

// stir answers the one who watches, if there is something.
func (m *member) notify() {
	if m.watching == nil {
		return
	}
	if f := m.notice(m.known); f != nil {
		asker := m.watching
		m.watching = nil
		asker.respond(f)
	}
}

// happened is the answer to one who watches; nil if there is none yet.
func (m *member) notice(known int) *frame {
	switch {
	case len(m.relayed) > known:
		return m.announce(m.relayed[known])
	case m.ready():
		return &frame{}
	}
	return nil
}

// tell answers with f the request being handled.
func (c *client) respond(f *frame) {
	c.busy = false
	f.number = c.number
	c.reply(f)
}

// ready tells whether a receive from some channel would not wait.
func (m *member) ready() bool {
	for _, c := range m.channels {
		if _, in := c.side(m); in.messages.length > 0 || in.ended != nil {
			return true
		}
	}
	return false
}

// dismiss says that p is done with a channel, named by the key of the mailbox
// that it sends into.
func (r *registry) dismiss(m *member, key []byte) {
	if len(key) != 8 {
		return
	}
	k := binary.LittleEndian.Uint64(key)
	if c := m.channels[k]; c != nil {
		delete(m.channels, k)
		r.server.releaseChannel(c, fmt.Errorf("%w by the peer", ErrClosed))
	}
}
