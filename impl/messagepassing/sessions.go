package messagepassing

import (
	"crypto/rand"
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"
)

// sessions are the broker's clients on other hosts, and the sockets on which
// they connect.
type sessions struct {
	listeners map[int]*tcpListener // by descriptor
	byToken   map[[tokenSize]byte]*client
	// processes assigns numbers, which no process of this host has, to processes
	// on other hosts.
	processes map[[tokenSize]byte]uint32
	next      uint32
}

// A tcpListener is a listening socket for clients on other hosts.
type tcpListener struct {
	fd  int // -1 until it was received
	key []byte
}

// remotePIDBase is above every process id (PID_MAX_LIMIT is 1<<22).
const remotePIDBase = 1 << 31

func newSessions() sessions {
	return sessions{
		listeners: map[int]*tcpListener{}, byToken: map[[tokenSize]byte]*client{},
		processes: map[[tokenSize]byte]uint32{}, next: remotePIDBase,
	}
}

// begin gives a client a session, and its process a number.
func (r *sessions) begin(c *client) {
	v := c.session
	_, _ = rand.Read(v.token[:]) // never fails
	r.byToken[v.token] = c
	number, known := r.processes[v.identity]
	if !known {
		number = r.next
		r.next++
		r.processes[v.identity] = number
	}
	c.pid, c.host = number, v.host
}

// forget frees the number of a process if it has no session left.
func (r *sessions) forget(identity [tokenSize]byte) {
	for _, c := range r.byToken {
		if c.session.identity == identity {
			return
		}
	}
	delete(r.processes, identity)
}

// receiveListener receives the socket that a client passes after requestExpose.
func (s *server) receiveListener(c *client) error {
	oob := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(c.fd, make([]byte, 1), oob, unix.MSG_DONTWAIT|unix.MSG_CMSG_CLOEXEC)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
		return nil
	}
	if err != nil {
		return err
	}
	fd, err := oneDescriptor(oob[:n])
	if err != nil {
		return err
	}
	c.exposed.fd = fd
	s.sessions.listeners[fd] = c.exposed
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	if err := s.register(fd); err != nil {
		return err
	}
	c.answer(nil, nil)
	return nil
}

// closeListener closes a listening socket.
func (s *server) closeListener(e *tcpListener) {
	if e.fd >= 0 {
		delete(s.sessions.listeners, e.fd)
		_ = unix.Close(e.fd)
		e.fd = -1
	}
}

// acceptRemote accepts all waiting clients of a TCP socket.
func (s *server) acceptRemote(e *tcpListener) {
	for {
		fd, from, err := unix.Accept4(e.fd, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.ECONNABORTED) {
			continue
		}
		if err != nil {
			return
		}
		tuneTCP(fd)
		if err := s.register(fd); err != nil {
			_ = unix.Close(fd)
			continue
		}
		unknown := ^uint32(0)
		s.clients[fd] = &client{
			server: s, fd: fd, credentials: credentials{uid: unknown, gid: unknown},
			session: &session{key: e.key, host: hostOf(from)},
		}
	}
}

func hostOf(a unix.Sockaddr) string {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(a.Addr).String()
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(a.Addr).Unmap().String()
	}
	return "unknown"
}

// expireSessions ends the sessions whose clients have not reconnected in time,
// and returns how long to wait until the next one expires, in milliseconds; -1
// if there is none.
func (s *server) expireSessions() int {
	next := -1
	for _, c := range s.sessions.byToken {
		at := c.session.expires
		if at.IsZero() {
			continue
		}
		if left := pollMillis(at); left == 0 {
			s.endSession(c)
		} else if next < 0 || left < next {
			next = left
		}
	}
	return next
}
