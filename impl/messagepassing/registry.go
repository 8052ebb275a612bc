package messagepassing

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// registry is the broker's table of names. For each pair of members it makes one
// socketpair, writes to each end which member holds it, and passes the ends to
// the two processes (SCM_RIGHTS, unix(7)). Messages then bypass the broker,
// unless one member is on another host, or may be: then the link is a channel
// through the broker.
type registry struct {
	server  *server
	byName  map[string]*member
	byKey   map[uint64]*member
	byPID   map[uint32]*member // the latest name of a process, which its messages bear
	waiting map[string][]end   // ends for names that have not joined yet
}

// A member is a name that a living process holds: an [Endpoint] as the broker
// knows it.
type member struct {
	credentials
	key         uint64
	incoming    *client           // connection on which ends are sent; nil if it is on another host and polls
	undelivered []end             // until incoming is there and has room
	received    map[string]uint32 // number of ends given to it, by the peer's name
	relayed     []end             // the ends of channels
	channels    map[uint64]*channel
	watching    *client // waits for another end, or for a message in a channel
	known       int     // how many of relayed the watching client has received
}

// An end is one end of a link, on its way to a member.
type end struct {
	from    string   // the name at the other end
	fd      int      // -1 for a channel
	channel *channel // nil for a socket
}

func newRegistry(s *server) registry {
	return registry{
		server: s, byName: map[string]*member{}, byKey: map[uint64]*member{},
		byPID: map[uint32]*member{}, waiting: map[string][]end{},
	}
}

// join gives a name to a process, unless a living process has it.
func (r *registry) join(name string, c credentials) (*member, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if m := r.byName[name]; m != nil {
		return nil, fmt.Errorf("%w: process %d has joined under this name", ErrExist, m.pid)
	}
	c.name = name
	m := &member{credentials: c, key: newKey(), received: map[string]uint32{}, channels: map[uint64]*channel{}}
	r.byName[name], r.byKey[m.key], r.byPID[c.pid] = m, m, m
	for _, e := range r.waiting[name] {
		if m.host != "" && e.channel == nil {
			r.discard(e) // a socket does not reach another host; the peer asks again
			continue
		}
		m.give(e)
	}
	delete(r.waiting, name)
	return m, nil
}

// leave frees the name. Ends of its links that wait for a name remain: they hold
// what this member has sent.
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

// link makes the link between m and the named peer, which need not have joined
// yet. seen is how many ends of links with that peer m has received: if more
// were given to it, the link exists and m only has to collect its end.
func (r *registry) link(m *member, peer string, seen uint32) error {
	if err := checkName(peer); err != nil {
		return err
	}
	if peer == m.name {
		return fmt.Errorf("%w: a link to itself", ErrInvalid)
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
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, linkBuffer) // the system may grant less
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

// await keeps an end for a name that has not joined. It replaces an earlier end
// from the same member, which has given up that link.
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

// discard closes an end that no member will get.
func (r *registry) discard(e end) {
	if e.channel != nil {
		r.server.releaseChannel(e.channel, fmt.Errorf("%w: the link was given up", ErrPeerDead))
		return
	}
	_ = unix.Close(e.fd)
}

// give gives m its end of a link, and writes m's identity to the other side.
// That hello is the first record that the other side receives, since m could not
// write before, so it cannot be forged.
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
		_ = unix.Send(e.fd, hello, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT) // an error means that the peer is dead
	}
	m.received[e.from]++
	if m.host == "" {
		m.undelivered = append(m.undelivered, e)
		m.deliver()
	}
	m.notify()
}

// deliver sends ends while there is room. Nothing else is sent on that
// connection: the kernel would join bytes without a descriptor to those with
// one.
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

// watch answers when m has more relayed ends than known, with the next one, or
// when there is something to receive from a channel, with an empty frame.
func (m *member) watch(asker *client, known int, never bool) {
	switch f := m.notice(known); {
	case f != nil:
		asker.respond(f)
	case never:
		asker.answer(nil, ErrEmpty)
	case m.watching != nil:
		asker.answer(nil, fmt.Errorf("%w: another connection watches", ErrInvalid))
	default:
		m.watching, m.known = asker, known
	}
}

// notify answers the watching client if there is something to report.
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

// notice is the answer to a watching client; nil if there is nothing to report.
func (m *member) notice(known int) *frame {
	switch {
	case len(m.relayed) > known:
		return m.announce(m.relayed[known])
	case m.ready():
		return &frame{}
	}
	return nil
}

// respond answers the request being handled with f.
func (c *client) respond(f *frame) {
	c.busy = false
	f.number = c.number
	c.reply(f)
}

// ready reports whether a receive from some channel would not wait.
func (m *member) ready() bool {
	for _, c := range m.channels {
		if _, in := c.side(m); in.messages.length > 0 || in.ended != nil {
			return true
		}
	}
	return false
}

// release ends m's use of a channel, given by the key of the mailbox that m
// sends to.
func (r *registry) release(m *member, key []byte) {
	if len(key) != 8 {
		return
	}
	k := binary.LittleEndian.Uint64(key)
	if c := m.channels[k]; c != nil {
		delete(m.channels, k)
		r.server.releaseChannel(c, fmt.Errorf("%w by the peer", ErrClosed))
	}
}
