package messagepassing

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// A server is the broker process: it holds the mailboxes of one socket
// directory. It is a single loop on one thread over epoll(7) that handles one
// request after the other, so nothing in it needs a lock.
//
// It ends when no client is connected and no mailbox is left, and removes its
// socket and directory before it answers the last client.
type server struct {
	dir           socketDir
	listener      int
	epoll         int
	clients       map[int]*client // by descriptor
	boxes         map[string]*box
	keys          map[uint64]*box // including deleted ones that are in use
	registry      registry
	sessions      sessions
	dropped       []*client
	buffer        []byte
	everConnected bool      // a client has connected
	retired       bool      // the loop is to end
	surplus       bool      // there is memory to return to the system
	returned      time.Time // when memory was returned last
}

const (
	// retryMillis is how soon a broker tries again to end, after a client that
	// was just connecting prevented it.
	retryMillis = 10
	// firstMillis is how long a new broker waits for the client that started it,
	// which may have died.
	firstMillis = 2000
)

// serve runs a broker until it ends.
func serve(listener int, dir socketDir) error {
	unix.CloseOnExec(listener)
	if err := unix.SetNonblock(listener, true); err != nil {
		return fmt.Errorf("listening socket on descriptor %d: %w", listener, err)
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	s := &server{
		dir: dir, listener: listener, epoll: epoll,
		clients: map[int]*client{}, boxes: map[string]*box{}, keys: map[uint64]*box{}, sessions: newSessions(),
		buffer: make([]byte, 64<<10),
	}
	s.registry = newRegistry(s)
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, listener, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(listener)}); err != nil {
		return err
	}
	return s.loop()
}

func (s *server) loop() error {
	events := make([]unix.EpollEvent, 128)
	for !s.retired {
		n, err := unix.EpollWait(s.epoll, events, s.timeout())
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("epoll_wait: %w", err)
		}
		for _, e := range events[:max(n, 0)] {
			if int(e.Fd) == s.listener {
				s.everConnected = s.accept() || s.everConnected
			} else if listener := s.sessions.listeners[int(e.Fd)]; listener != nil {
				s.acceptRemote(listener)
			} else if c := s.clients[int(e.Fd)]; c != nil {
				if e.Events&unix.EPOLLOUT != 0 {
					c.flush()
				}
				if e.Events&^unix.EPOLLOUT != 0 && !c.dead {
					s.read(c)
				}
			}
			s.closeDropped() // a death takes effect before requests that arrived after it
		}
		if s.idle() && (s.everConnected || n == 0) {
			s.retire()
		}
		s.returnMemory()
	}
	return nil
}

// timeout is the maximum time to wait for events, in milliseconds; -1 for no
// limit.
func (s *server) timeout() int {
	if next := s.expireSessions(); next >= 0 {
		return min(next, 1000)
	}
	switch {
	case s.idle() && s.everConnected:
		return retryMillis
	case s.idle():
		return firstMillis
	case s.surplus:
		return pollMillis(s.returned.Add(returnInterval))
	}
	return -1
}

// accept accepts all waiting clients, and reports whether there were any.
func (s *server) accept() (any bool) {
	for {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.ECONNABORTED) {
			continue
		}
		if err != nil {
			return any // EAGAIN; or out of descriptors, and clients wait in the backlog
		}
		any = true
		cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil {
			err = s.register(fd)
		}
		if err != nil {
			_ = unix.Close(fd)
			continue
		}
		s.clients[fd] = &client{server: s, fd: fd, credentials: credentials{
			pid: uint32(cred.Pid), uid: cred.Uid, gid: cred.Gid,
		}}
	}
}

// read reads what has arrived on a connection and handles the requests in it.
func (s *server) read(c *client) {
	if c.exposed != nil && c.exposed.fd < 0 {
		if err := s.receiveListener(c); err != nil {
			s.drop(c)
		}
		return
	}
	direct := c.decoder.rest()
	into := direct
	if len(direct) == 0 {
		into = s.buffer
	}
	n, err := unix.Read(c.fd, into)
	switch {
	case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		return
	case err != nil, n == 0:
		c.clean = err == nil
		s.drop(c)
		return
	}
	if len(direct) > 0 {
		if f, ok := c.decoder.filled(n); ok {
			err = c.handle(f)
		}
	} else {
		rest := into[:n]
		for len(rest) > 0 && err == nil && !c.dead {
			var f *frame
			if f, rest, err = c.decoder.feed(rest); f != nil {
				err = c.handle(f)
			}
		}
	}
	if err != nil {
		c.clean = true
		s.drop(c)
	}
}

// register adds a descriptor to those that the loop waits for.
func (s *server) register(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// modify sets the events that the loop waits for on a connection.
func (s *server) modify(c *client, events uint32) {
	_ = unix.EpollCtl(s.epoll, unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: events, Fd: int32(c.fd)})
}

// drop marks a connection as lost. It is closed after the current event, since
// the caller may be working on its mailbox.
func (s *server) drop(c *client) {
	if !c.dead {
		c.dead = true
		s.dropped = append(s.dropped, c)
	}
}

// closeDropped detaches and closes the lost connections, which may lose further
// ones.
func (s *server) closeDropped() {
	for len(s.dropped) > 0 {
		c := s.dropped[0]
		s.dropped = s.dropped[1:]
		if c.session != nil && c.session.proved {
			if c.session.used && !c.clean && !c.closing {
				s.suspend(c)
				continue
			}
			s.endSession(c)
		}
		c.leave()
		delete(s.clients, c.fd)
		_ = unix.Close(c.fd)
	}
}

func (s *server) create(name string, shape Shape, owner uint32) (*box, error) {
	if err := errors.Join(checkName(name), shape.check()); err != nil {
		return nil, err
	}
	if s.boxes[name] != nil {
		return nil, ErrExist
	}
	b := s.newBox(name, shape, owner)
	s.boxes[name] = b
	return b, nil
}

// newBox makes a mailbox that is known by its key only.
func (s *server) newBox(name string, shape Shape, owner uint32) *box {
	b := newBox(name, newKey(), shape, owner, s.drained)
	s.keys[b.key] = b
	return b
}

// newKey returns a number that cannot be guessed.
func newKey() uint64 {
	var key [8]byte
	_, _ = rand.Read(key[:]) // never fails
	return binary.LittleEndian.Uint64(key[:])
}

// tidy forgets a mailbox that no client can reach any more.
func (s *server) tidy(b *box) {
	if len(b.users) == 0 && s.boxes[b.name] != b && !b.pinned {
		delete(s.keys, b.key)
	}
}

func (s *server) find(name string) (*box, error) {
	if b := s.boxes[name]; b != nil {
		return b, nil
	}
	return nil, ErrNotExist
}

func (s *server) findKey(key uint64) (*box, error) {
	if b := s.keys[key]; b != nil {
		return b, nil
	}
	return nil, ErrNotExist
}

func (s *server) unlink(name string) error {
	b, err := s.find(name)
	if err != nil {
		return err
	}
	s.remove(b, fmt.Errorf("%w: deleted", ErrClosed))
	return nil
}

// remove frees the mailbox's name and ends it.
func (s *server) remove(b *box, why error) {
	if s.boxes[b.name] == b {
		delete(s.boxes, b.name)
	}
	b.end(why)
	s.tidy(b)
}

// idle reports whether there is no mailbox, and no client that could make one.
func (s *server) idle() bool {
	return len(s.boxes) == 0 && len(s.clients) == 0 && len(s.sessions.byToken) == 0
}

// retire ends the broker, which is idle. A client that is about to start a
// broker holds the lock; it will find this one, which then continues.
func (s *server) retire() {
	if s.retired {
		return // the directory may be another broker's by now
	}
	lock, err := s.dir.lock(unix.LOCK_EX | unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return
	}
	if err == nil { // otherwise the directory was removed
		defer unix.Close(lock)
		if s.accept() {
			return
		}
		s.dir.remove()
	}
	// A client that has connected since then finds the connection closed before
	// its first answer, and looks for a broker again.
	s.retired = true
}

// drained notes that a mailbox which once held peak bytes has become empty.
func (s *server) drained(peak int) {
	const worth = 1 << 20
	s.surplus = s.surplus || peak >= worth
}

// returnInterval limits how often memory is returned: it costs a whole garbage
// collection.
const returnInterval = 100 * time.Millisecond

// returnMemory returns the memory of long queues to the system at once, which
// the Go runtime would do minutes later.
func (s *server) returnMemory() {
	if s.surplus && time.Since(s.returned) >= returnInterval {
		debug.FreeOSMemory()
		s.surplus, s.returned = false, time.Now()
	}
}
