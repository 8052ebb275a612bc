package kernel

import (
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// UnixStream is the Unix stream socket (unix(7)): bytes in order, without
// messages. The buffering claimed is that of the system's defaults
// (/proc/sys/net/core/wmem_default, which includes the kernel's overhead).
func UnixStream() subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "unix-stream", Version: "POSIX.1-2017", Language: "Go",
			Profiles: subject.Profiles{Link: &subject.LinkProfile{
				// Pieces of up to this size are sent wholly or not at all.
				Item:    subject.Item{Min: 1, Max: 4096},
				Framing: subject.FramingStream, Buffering: 64 << 10, Waiting: "sleep",
			}},
			Extended: []string{"LINK-DUPLEX"},
		},
		Parties: sockets{unix.SOCK_STREAM},
	}
}

// UnixSeqpacket is the Unix socket of type SOCK_SEQPACKET (unix(7)): messages
// with boundaries, in order. A message of 0 bytes is indistinguishable from the
// end.
func UnixSeqpacket() subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "unix-seqpacket", Version: "POSIX.1-2017", Language: "Go",
			Profiles: subject.Profiles{Link: &subject.LinkProfile{
				Item:    subject.Item{Min: 1, Max: 64 << 10},
				Framing: subject.FramingMessages, Buffering: 64 << 10, Waiting: "sleep",
			}},
			Extended: []string{"LINK-DUPLEX"},
		},
		Parties: sockets{unix.SOCK_SEQPACKET},
	}
}

// sockets are parties linked by connected Unix sockets of one type. All names
// are in the abstract namespace, so that no file is left behind.
type sockets struct{ kind int }

// A socketParty holds its name by a socket that is bound to it.
type socketParty struct {
	sockets
	name  string
	held  int
	links []*socketLink
}

func (s sockets) Join(name string) (subject.Party, error) {
	fd, err := s.bound(name)
	if err != nil {
		return nil, err
	}
	return &socketParty{sockets: s, name: name, held: fd}, nil
}

// bound makes a socket that is bound to a name.
func (s sockets) bound(name string) (fd int, err error) {
	if name == "" || len(name) > 100 {
		return -1, subject.Errorf(subject.Invalid, "name %q: want 1 to 100 bytes", name)
	}
	if fd, err = unix.Socket(unix.AF_UNIX, s.kind|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, refuse("socket", err)
	}
	if err = unix.Bind(fd, address(name)); err != nil {
		_ = unix.Close(fd)
		return -1, refuse("bind", err)
	}
	return fd, nil
}

func address(name string) *unix.SockaddrUnix { return &unix.SockaddrUnix{Name: "@" + name} }

// Link connects with the peer at an address derived from both names. The side
// that comes first binds it and listens; the other connects.
func (p *socketParty) Link(peer string) (subject.Link, error) {
	if peer == "" || peer == p.name {
		return nil, subject.Errorf(subject.Invalid, "a link between %q and %q", p.name, peer)
	}
	pair := pairName(p.name, peer)
	for {
		fd, err := p.bound(pair)
		if err == nil {
			if err := unix.Listen(fd, 1); err != nil {
				_ = unix.Close(fd)
				return nil, refuse("listen", err)
			}
			return p.keep(&socketLink{fd: fd, listening: true, kind: p.kind}), nil
		}
		if subject.KindOf(err) != subject.Exists {
			return nil, err
		}
		if fd, err = unix.Socket(unix.AF_UNIX, p.kind|unix.SOCK_CLOEXEC, 0); err != nil {
			return nil, refuse("socket", err)
		}
		err = unix.Connect(fd, address(pair))
		if err == nil {
			return p.keep(&socketLink{fd: fd, kind: p.kind}), nil
		}
		_ = unix.Close(fd)
		if err != unix.ECONNREFUSED && err != unix.EINTR {
			return nil, refuse("connect", err)
		}
		runtime.Gosched() // the peer is about to listen, or has just closed
	}
}

// pairName is the same for both sides.
func pairName(a, b string) string {
	a, b = strings.TrimPrefix(a, "/"), strings.TrimPrefix(b, "/")
	return min(a, b) + "+" + max(a, b)
}

func (p *socketParty) keep(l *socketLink) *socketLink {
	p.links = append(p.links, l)
	return l
}

func (p *socketParty) Leave() error {
	for _, l := range p.links {
		_ = l.Detach()
	}
	return refuse("close", unix.Close(p.held))
}

// A socketLink is one end of a connection, or listens for the peer until it is
// first used.
type socketLink struct {
	fd        int
	kind      int
	listening bool
	gone      bool
}

// attempt repeats a call on the socket until it is not interrupted. The call
// itself waits, as long as the limit says: option is SO_RCVTIMEO or SO_SNDTIMEO.
func (l *socketLink) attempt(limit limit, option int, call func(flags int) error) error {
	for {
		flags := 0
		if limit.never() {
			flags = unix.MSG_DONTWAIT
		} else {
			var timeout unix.Timeval // zero: for ever
			if left := limit.left(); left >= 0 {
				timeout = unix.NsecToTimeval(max(left.Nanoseconds(), 1000))
			}
			if err := unix.SetsockoptTimeval(l.fd, unix.SOL_SOCKET, option, &timeout); err != nil {
				return err
			}
		}
		if err := call(flags); err != unix.EINTR {
			return err
		}
	}
}

// accept waits for the peer if this side came first.
func (l *socketLink) accept(limit limit, refusal subject.Kind) error {
	if !l.listening {
		return nil
	}
	if ready, err := limit.poll([]unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}); err != nil {
		return refuse("poll", err)
	} else if !ready {
		return limit.over("accept", refusal)
	}
	var fd int
	errno := l.attempt(newLimit(subject.Forever), unix.SO_RCVTIMEO, func(int) (err error) {
		fd, _, err = unix.Accept4(l.fd, unix.SOCK_CLOEXEC)
		return err
	})
	if errno != nil {
		return refuse("accept", errno)
	}
	_ = unix.Close(l.fd) // the address is free again
	l.fd, l.listening = fd, false
	return nil
}

// Send passes the message to the kernel. If that takes only a part of a stream's
// piece, the rest follows without a time limit: a part cannot be taken back.
func (l *socketLink) Send(message []byte, wait subject.Wait) error {
	if l.gone {
		return subject.Errorf(subject.Invalid, "the link was detached")
	}
	limit := newLimit(wait)
	if err := l.accept(limit, subject.Full); err != nil {
		return err
	}
	for len(message) > 0 {
		var n int
		err := l.attempt(limit, unix.SO_SNDTIMEO, func(flags int) (err error) {
			n, err = unix.SendmsgN(l.fd, message, nil, nil, flags|unix.MSG_NOSIGNAL)
			return err
		})
		switch {
		case err == unix.EAGAIN:
			return limit.over("send", subject.Full)
		case err != nil:
			return refuse("send", err)
		}
		message, limit = message[n:], newLimit(subject.Forever)
	}
	return nil
}

func (l *socketLink) Receive(into []byte, wait subject.Wait) (int, error) {
	if l.gone {
		return 0, subject.Errorf(subject.Invalid, "the link was detached")
	}
	limit := newLimit(wait)
	if err := l.accept(limit, subject.Empty); err != nil {
		return 0, err
	}
	var n, flags int
	receive := func(flag int) (err error) {
		n, _, flags, _, err = unix.Recvmsg(l.fd, into, nil, flag)
		return err
	}
	err := l.attempt(limit, unix.SO_RCVTIMEO, receive)
	if err == unix.ECONNRESET {
		// The peer closed its end before it had read everything. The system
		// reports that once, before it hands out what the peer had sent.
		err = l.attempt(limit, unix.SO_RCVTIMEO, receive)
	}
	switch {
	case err == unix.EAGAIN:
		return 0, limit.over("recv", subject.Empty)
	case err != nil:
		return 0, refuse("recv", err)
	case flags&unix.MSG_TRUNC != 0:
		return 0, subject.Errorf(subject.TooLarge, "recv: the message had more than %d bytes and is lost", len(into))
	case n == 0:
		return 0, subject.Errorf(subject.Closed, "recv: end-of-file")
	}
	return n, nil
}

func (l *socketLink) Detach() error {
	if l.gone {
		return nil
	}
	l.gone = true
	return refuse("close", unix.Close(l.fd))
}
