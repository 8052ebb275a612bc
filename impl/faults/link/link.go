// Package link has links between two named processes each, with or without a
// fault: Unix sockets that keep messages, under abstract names, which leave
// nothing behind. A byte stands before each message, so that an empty message
// does not look like the end of the connection.
package link

import (
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/ring"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

type parties struct {
	fault  Fault
	rings  ring.Rings // of OneQueue
	joined *[]*member // by this process
}

// Parties makes processes that can be linked.
func Parties(f Fault) subject.Parties {
	return parties{f, ring.New(ring.None, region.None), new([]*member)}
}

// A member is a process that has joined.
type member struct {
	parties
	name   string
	links  []*link
	served int   // the link that ReceiveAny looks at first
	asker  *link // the link that last received a message

	directory int // of FirstKeepsDirectory, where this one keeps it: a socket; else -1
}

// A link is one end of a connection. The end that comes first listens until the
// link is used.
type link struct {
	*member
	peer      string
	fd        int
	listening bool
	over      bool           // the end of the connection was reported
	stack     [][]byte       // of NewestFirst
	queue     subject.Buffer // of OneQueue
	deferred  sync.WaitGroup // sends of DefersWhenFull
}

func (ps parties) Join(name string) (subject.Party, error) {
	if name == "" || len(name) > 100 {
		return nil, subject.Errorf(subject.Invalid, "name %q", name)
	}
	m := &member{parties: ps, name: name, directory: -1}
	if ps.fault == FirstKeepsDirectory {
		m.keepDirectory()
	}
	*ps.joined = append(*ps.joined, m)
	return m, nil
}

func (m *member) Link(peer string) (subject.Link, error) {
	if m.fault == FirstKeepsDirectory && !m.findsDirectory() {
		return nil, subject.Errorf(subject.NotFound, "%s: there is no directory to ask", peer)
	}
	l := &link{member: m, peer: peer, fd: -1}
	m.links = append(m.links, l)
	a, b := strings.TrimPrefix(m.name, "/"), strings.TrimPrefix(peer, "/")
	pair := min(a, b) + "+" + max(a, b)
	if m.fault == OneQueue {
		r, err := m.rings.Create("/"+pair, subject.Shape{Capacity: 32, ItemMax: 4096})
		if subject.KindOf(err) == subject.Exists {
			r, err = m.rings.Open("/" + pair)
		}
		l.queue = r
		return l, err
	}
	at := &unix.SockaddrUnix{Name: "@" + pair}
	for {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		l.fd = fd
		if err = unix.Bind(fd, at); err == nil {
			l.listening = true
			return l, unix.Listen(fd, 1)
		}
		if err = unix.Connect(fd, at); err == nil {
			return l, l.furnish()
		}
		_ = unix.Close(fd)
		if err != unix.ECONNREFUSED && err != unix.EINTR {
			return nil, err
		}
		runtime.Gosched() // it is about to listen
	}
}

func (l *link) furnish() error {
	if l.fault == LittleRoom || l.fault == DefersWhenFull {
		return unix.SetsockoptInt(l.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 1)
	}
	return nil
}

func (m *member) Leave() error {
	leaving := []*member{m}
	if m.fault == LeavesForAll {
		leaving = *m.joined
	}
	for _, x := range leaving {
		for _, l := range x.links {
			_ = l.Detach()
		}
	}
	if m.directory >= 0 {
		_ = unix.Close(m.directory)
	}
	return nil
}

func (l *link) Detach() error {
	if q := l.queue; q != nil {
		l.queue = nil
		_ = q.Detach()
		a, b := strings.TrimPrefix(l.name, "/"), strings.TrimPrefix(l.peer, "/")
		_ = l.rings.Unlink("/" + min(a, b) + "+" + max(a, b))
	}
	l.deferred.Wait()
	if l.fd >= 0 {
		_ = unix.Close(l.fd)
		l.fd = -1
	}
	l.over = true
	return nil
}

// ready waits until the peer has connected.
func (l *link) ready(wait subject.Wait, refusal subject.Kind) error {
	if l.fd < 0 {
		return subject.Errorf(subject.Invalid, "detached")
	}
	if !l.listening {
		return nil
	}
	if err := pollAll([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}, wait, waiting.Until(wait), refusal); err != nil {
		return err
	}
	fd, _, err := unix.Accept4(l.fd, unix.SOCK_CLOEXEC)
	if err != nil {
		return err
	}
	_ = unix.Close(l.fd)
	l.fd, l.listening = fd, false
	return l.furnish()
}

// pollAll waits until one of the descriptors is ready.
func pollAll(fds []unix.PollFd, wait subject.Wait, limit time.Time, refusal subject.Kind) error {
	for {
		var timeout *unix.Timespec // for ever
		if wait != subject.Forever {
			timeout = new(unix.Timespec)
			if wait > 0 {
				*timeout = unix.NsecToTimespec(max(0, time.Until(limit).Nanoseconds()))
			}
		}
		n, err := unix.Ppoll(fds, timeout, nil)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		case n > 0:
			return nil
		case wait == subject.Never:
			return subject.Errorf(refusal, "")
		default:
			return subject.Errorf(subject.Timeout, "")
		}
	}
}

// within makes a call on the socket with the wait that is allowed, by option
// (SO_RCVTIMEO or SO_SNDTIMEO), and repeats it when a signal interrupts it.
func (l *link) within(wait subject.Wait, option int, call func(flags int) error) error {
	limit := waiting.Until(wait)
	for {
		flags := 0
		var timeout unix.Timeval // for ever
		switch {
		case wait == subject.Never:
			flags = unix.MSG_DONTWAIT
		case wait > 0:
			timeout = unix.NsecToTimeval(max(1000, time.Until(limit).Nanoseconds()))
		}
		_ = unix.SetsockoptTimeval(l.fd, unix.SOL_SOCKET, option, &timeout)
		if err := call(flags); err != unix.EINTR {
			return err
		}
	}
}

func (l *link) Send(message []byte, wait subject.Wait) error {
	if l.queue != nil {
		return l.queue.Put(message, wait)
	}
	if l.fault == AnswersTheLast && l.asker != nil {
		l = l.asker
	}
	if err := l.ready(wait, subject.Full); err != nil {
		return err
	}
	if l.fault == WritesAPart {
		message = message[:min(len(message), 2048)]
	}
	if l.fault == StopsAtZero {
		message = []byte(strings.SplitN(string(message), "\x00", 2)[0])
	}
	record := append([]byte{1}, message...)
	if l.fault == DefersWhenFull && wait == subject.Forever {
		err := l.write(record, subject.Never)
		if err == unix.EAGAIN {
			l.deferred.Go(func() {
				time.Sleep(100 * time.Microsecond)
				_ = l.write(record, subject.Forever)
			})
			return nil
		}
		return err
	}
	err := l.write(record, wait)
	switch {
	case err == unix.EAGAIN && wait == subject.Never:
		return subject.Errorf(subject.Full, "")
	case err == unix.EAGAIN:
		return subject.Errorf(subject.Timeout, "")
	case err == unix.EPIPE && l.fault == DiesOfSIGPIPE:
		os.Exit(128 + int(unix.SIGPIPE)) // a Go program does not die of it by itself
	case err == unix.EPIPE, err == unix.ECONNRESET:
		return subject.Errorf(subject.PeerDead, "%v", err)
	}
	return err
}

func (l *link) write(record []byte, wait subject.Wait) error {
	return l.within(wait, unix.SO_SNDTIMEO, func(flags int) error {
		_, err := unix.SendmsgN(l.fd, record, nil, nil, flags|unix.MSG_NOSIGNAL)
		return err
	})
}

func (l *link) Receive(into []byte, wait subject.Wait) (int, error) {
	if l.queue != nil {
		return l.queue.Get(into, wait)
	}
	if l.fault == NeverLooks && wait == subject.Never {
		return 0, subject.Errorf(subject.Empty, "")
	}
	if l.fault == TakesFromAny {
		for _, other := range l.links {
			if other == l {
				continue
			}
			if n, err := other.receive(into, subject.Never); err == nil {
				return n, nil
			}
		}
	}
	n, err := l.receive(into, wait)
	switch {
	case err == nil && l.fault == JoinsMessages:
		for more := error(nil); more == nil; {
			var k int
			k, more = l.receive(into[n:], subject.Never)
			n += k
		}
	case subject.KindOf(err) == subject.PeerDead && l.fault == EndIsAMessage:
		return 0, nil
	case subject.KindOf(err) == subject.PeerDead && l.fault == WaitsForTheDead:
		select {} // until the process ends
	}
	return n, err
}

// receive takes the next message of this link.
func (l *link) receive(into []byte, wait subject.Wait) (int, error) {
	if err := l.ready(wait, subject.Empty); err != nil {
		return 0, err
	}
	if l.fault == NewestFirst {
		return l.newest(into, wait)
	}
	if l.fault == DeathComesFirst {
		fds := []unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLRDHUP}}
		if n, err := unix.Poll(fds, 0); err == nil && n > 0 {
			return 0, subject.Errorf(subject.PeerDead, "")
		}
	}
	return l.record(into, wait)
}

func (l *link) record(into []byte, wait subject.Wait) (int, error) {
	buffer := make([]byte, 1+len(into))
	var n int
	for {
		err := l.within(wait, unix.SO_RCVTIMEO, func(flags int) (err error) {
			n, _, _, _, err = unix.Recvmsg(l.fd, buffer, nil, flags)
			return err
		})
		switch {
		case err == unix.EAGAIN && wait == subject.Never:
			return 0, subject.Errorf(subject.Empty, "")
		case err == unix.EAGAIN:
			return 0, subject.Errorf(subject.Timeout, "")
		case err == unix.ECONNRESET: // reported once, before what the peer had sent
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, subject.Errorf(subject.PeerDead, "")
		}
		l.member.asker = l
		return copy(into, buffer[1:n]), nil
	}
}

// newest takes the newest of the messages that have arrived.
func (l *link) newest(into []byte, wait subject.Wait) (int, error) {
	for {
		m := make([]byte, len(into))
		w := subject.Never
		if len(l.stack) == 0 {
			w = wait
		}
		n, err := l.record(m, w)
		switch {
		case err == nil:
			l.stack = append(l.stack, m[:n])
			continue
		case len(l.stack) == 0:
			return 0, err
		}
		top := l.stack[len(l.stack)-1]
		l.stack = l.stack[:len(l.stack)-1]
		return copy(into, top), nil
	}
}

// ReceiveAny looks at the links in turn, beginning after the one that was served
// last.
func (m *member) ReceiveAny(into []byte, wait subject.Wait) (n int, peer string, err error) {
	limit := waiting.Until(wait)
	for {
		var fds []unix.PollFd
		for i := range m.links {
			at := (m.served + i) % len(m.links)
			l := m.links[at]
			if l.over {
				continue
			}
			n, err := l.receive(into, subject.Never)
			if subject.KindOf(err) == subject.Empty {
				fds = append(fds, unix.PollFd{Fd: int32(l.fd), Events: unix.POLLIN})
				continue
			}
			l.over = err != nil
			if m.fault != StarvesTheQuiet {
				m.served = (at + 1) % len(m.links)
			}
			if m.fault == GuessesTheSender {
				l = m.links[len(m.links)-1]
			}
			return n, l.peer, err
		}
		if err := pollAll(fds, wait, limit, subject.Empty); err != nil {
			return 0, "", err
		}
	}
}
