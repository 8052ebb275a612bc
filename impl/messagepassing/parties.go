package messagepassing

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// parties is the office's register of names. The office introduces processes to
// each other: for each pair it makes one socketpair, has each end say who sits
// at it, and passes the ends on (SCM_RIGHTS, unix(7)). What the processes then
// say to each other does not go through the office, unless one of them is on
// another host, or may be: then the link is a channel.
type parties struct {
	server *server
	byName map[string]*party
	byKey  map[uint64]*party
	byPID  map[uint32]*party // the latest name of a process, stamped on its messages
	absent map[string][]end  // ends for parties that have not joined yet
}

// A party is a name that a living process holds.
type party struct {
	credentials
	key         uint64
	news        *peer             // where ends are sent to; nil for one on another host, which asks
	undelivered []end             // until news is there and has room
	received    map[string]uint32 // how many ends it was given, by the other's name
	carried     []end             // those of channels
	channels    map[uint64]*channel
	watching    *peer // waits for another end, or for something in a channel
	known       int   // how many of carried the one who watches has got
}

// An end is one end of a link on its way to its party.
type end struct {
	from    string   // the other party
	fd      int      // -1 for a channel
	channel *channel // nil for a socket
}

func newParties(s *server) parties {
	return parties{
		server: s, byName: map[string]*party{}, byKey: map[uint64]*party{},
		byPID: map[uint32]*party{}, absent: map[string][]end{},
	}
}

// join gives a name to a process, unless a living one has it.
func (r *parties) join(name string, who credentials) (*party, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if p := r.byName[name]; p != nil {
		return nil, fmt.Errorf("%w: process %d has joined under this name", ErrExist, p.pid)
	}
	who.name = name
	p := &party{credentials: who, key: newKey(), received: map[string]uint32{}, channels: map[uint64]*channel{}}
	r.byName[name], r.byKey[p.key], r.byPID[who.pid] = p, p, p
	for _, e := range r.absent[name] {
		if p.host != "" && e.channel == nil {
			r.discard(e) // a socket does not reach so far; the other one will ask anew
			continue
		}
		p.give(e)
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
		if e.channel == nil {
			_ = unix.Close(e.fd)
		}
	}
	p.undelivered = nil
	for key, c := range p.channels {
		delete(p.channels, key)
		r.server.letGo(c, fmt.Errorf("%w: %s has ended", ErrPeerDead, p.name))
	}
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
	q := r.byName[other]
	mine, theirs := end{from: other, fd: -1}, end{from: p.name, fd: -1}
	if p.host != "" || q != nil && q.host != "" || len(r.server.visitors.entrances) > 0 {
		mine.channel = r.server.openChannel(p)
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
	p.give(mine)
	if q != nil {
		q.give(theirs)
	} else {
		r.await(other, theirs)
	}
	return nil
}

// await keeps an end for a party that has not joined. Of several from one name
// the last counts: the others are links that their party has given up.
func (r *parties) await(name string, e end) {
	for i, old := range r.absent[name] {
		if old.from == e.from {
			r.discard(old)
			r.absent[name][i] = e
			return
		}
	}
	r.absent[name] = append(r.absent[name], e)
}

// discard drops an end that nobody will get.
func (r *parties) discard(e end) {
	if e.channel != nil {
		r.server.letGo(e.channel, fmt.Errorf("%w: the link was given up", ErrPeerDead))
		return
	}
	_ = unix.Close(e.fd)
}

// give introduces p to the other side of a link, and gives p its end of it. The
// introduction is the first record that the other side receives, since p could
// not write before; nobody can forge it.
func (p *party) give(e end) {
	hello := appendHello(p.credentials)
	if e.channel != nil {
		out, in := e.channel.side(p)
		if out.ended == nil {
			out.put(&message{body: hello, from: p.credentials})
			out.settle()
		}
		in.watcher = p
		p.channels[out.key] = e.channel
		p.carried = append(p.carried, e)
	} else {
		_ = unix.Send(e.fd, hello, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT) // a dead peer needs none
	}
	p.received[e.from]++
	if p.host == "" {
		p.undelivered = append(p.undelivered, e)
		p.deliver()
	}
	p.stir()
}

// deliver sends ends as long as there is room. Nothing else is sent on that
// line: the kernel would join bytes without a descriptor to those with one.
func (p *party) deliver() {
	for p.news != nil && !p.news.dead && len(p.undelivered) > 0 {
		e := p.undelivered[0]
		var rights []byte
		if e.channel == nil {
			rights = unix.UnixRights(e.fd)
		}
		frame := p.announce(e).appendHeader(nil)
		frame = append(frame, make([]byte, newsSize-len(frame))...)
		err := unix.Sendmsg(p.news.fd, frame, rights, nil, unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
		switch {
		case err == nil:
			if e.channel == nil {
				_ = unix.Close(e.fd)
			}
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

func (p *party) announce(e end) *frame {
	if e.channel == nil {
		return announce(e.from, 0, 0, false)
	}
	out, in := e.channel.side(p)
	return announce(e.from, out.key, in.key, true)
}

// watch answers when the party has more carried ends than known, with the next;
// or when there is something to receive from a channel, without one.
func (p *party) watch(asker *peer, known int, never bool) {
	switch f := p.happened(known); {
	case f != nil:
		asker.tell(f)
	case never:
		asker.answer(nil, ErrEmpty)
	case p.watching != nil:
		asker.answer(nil, fmt.Errorf("%w: another line watches", ErrInvalid))
	default:
		p.watching, p.known = asker, known
	}
}

// stir answers the one who watches, if there is something.
func (p *party) stir() {
	if p.watching == nil {
		return
	}
	if f := p.happened(p.known); f != nil {
		asker := p.watching
		p.watching = nil
		asker.tell(f)
	}
}

// happened is the answer to one who watches; nil if there is none yet.
func (p *party) happened(known int) *frame {
	switch {
	case len(p.carried) > known:
		return p.announce(p.carried[known])
	case p.ready():
		return &frame{}
	}
	return nil
}

// tell answers with f the request being handled.
func (p *peer) tell(f *frame) {
	p.busy = false
	f.number = p.number
	p.reply(f)
}

// ready tells whether a receive from some channel would not wait.
func (p *party) ready() bool {
	for _, c := range p.channels {
		if _, in := c.side(p); in.messages.length > 0 || in.ended != nil {
			return true
		}
	}
	return false
}

// dismiss says that p is done with a channel, named by the key of the mailbox
// that it sends into.
func (r *parties) dismiss(p *party, key []byte) {
	if len(key) != 8 {
		return
	}
	k := binary.LittleEndian.Uint64(key)
	if c := p.channels[k]; c != nil {
		delete(p.channels, k)
		r.server.letGo(c, fmt.Errorf("%w by the peer", ErrClosed))
	}
}
