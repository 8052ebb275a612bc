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

// A server is the post office: the process that holds the mailboxes of one directory. It is one
// loop on one thread over epoll(7): requests are handled one after the other, and
// nothing in it is locked.
//
// It ends by itself when nobody is connected and no mailbox is left, and removes
// its socket and directory before the last client is told.
type server struct {
	dir      directory
	listener int
	epoll    int
	peers    map[int]*peer // by descriptor
	boxes    map[string]*box
	keys     map[uint64]*box // the deleted ones that are in use among them
	parties  parties
	visitors visitors
	dropped  []*peer
	scratch  []byte
	met      bool      // a client has come
	retired  bool      // the end
	slack    bool      // there is memory to give back
	gave     time.Time // when memory was given back last
}

const (
	// retryMillis is how soon an office that could not end, because a client
	// was just looking for one, tries again.
	retryMillis = 10
	// firstMillis is how long a new office waits for the client that started
	// it; that client may have died.
	firstMillis = 2000
)

// serve is the whole life of an office.
func serve(listener int, dir directory) error {
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
		peers: map[int]*peer{}, boxes: map[string]*box{}, keys: map[uint64]*box{}, visitors: newVisitors(),
		scratch: make([]byte, 64<<10),
	}
	s.parties = newParties(s)
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
				s.met = s.accept() || s.met
			} else if door := s.visitors.entrances[int(e.Fd)]; door != nil {
				s.welcome(door)
			} else if p := s.peers[int(e.Fd)]; p != nil {
				if e.Events&unix.EPOLLOUT != 0 {
					p.flush()
				}
				if e.Events&^unix.EPOLLOUT != 0 && !p.dead {
					s.read(p)
				}
			}
			s.bury() // a death that came first takes effect before the next request
		}
		if s.idle() && (s.met || n == 0) {
			s.retire()
		}
		s.giveMemoryBack()
	}
	return nil
}

// timeout is how long to sleep at most, in milliseconds.
func (s *server) timeout() int {
	if next := s.expire(); next >= 0 {
		return min(next, 1000)
	}
	switch {
	case s.idle() && s.met:
		return retryMillis
	case s.idle():
		return firstMillis
	case s.slack:
		return pollMillis(s.gave.Add(giveEvery))
	}
	return -1
}

// accept takes in all who knock, and reports whether there was anyone.
func (s *server) accept() (any bool) {
	for {
		fd, _, err := unix.Accept4(s.listener, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.ECONNABORTED) {
			continue
		}
		if err != nil {
			return any // EAGAIN; or out of descriptors, and they wait in the backlog
		}
		any = true
		cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err == nil {
			err = s.listenTo(fd)
		}
		if err != nil {
			_ = unix.Close(fd)
			continue
		}
		s.peers[fd] = &peer{server: s, fd: fd, credentials: credentials{
			pid: uint32(cred.Pid), uid: cred.Uid, gid: cred.Gid,
		}}
	}
}

// read takes what has arrived on a line and handles the requests in it.
func (s *server) read(p *peer) {
	if p.entrance != nil && p.entrance.fd < 0 {
		if err := s.open(p); err != nil {
			s.drop(p)
		}
		return
	}
	direct := p.decoder.rest()
	into := direct
	if len(direct) == 0 {
		into = s.scratch
	}
	n, err := unix.Read(p.fd, into)
	switch {
	case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		return
	case err != nil, n == 0:
		p.clean = err == nil
		s.drop(p)
		return
	}
	if len(direct) > 0 {
		if f, ok := p.decoder.filled(n); ok {
			err = p.handle(f)
		}
	} else {
		rest := into[:n]
		for len(rest) > 0 && err == nil && !p.dead {
			var f *frame
			if f, rest, err = p.decoder.feed(rest); f != nil {
				err = p.handle(f)
			}
		}
	}
	if err != nil {
		p.clean = true
		s.drop(p)
	}
}

// listenTo has the loop told when something comes.
func (s *server) listenTo(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// watch chooses what to be told of a line.
func (s *server) watch(p *peer, events uint32) {
	_ = unix.EpollCtl(s.epoll, unix.EPOLL_CTL_MOD, p.fd, &unix.EpollEvent{Events: events, Fd: int32(p.fd)})
}

// drop marks a line as lost. It is buried once the event is dealt with: whoever
// calls may be in the middle of its mailbox.
func (s *server) drop(p *peer) {
	if !p.dead {
		p.dead = true
		s.dropped = append(s.dropped, p)
	}
}

// bury detaches the lost lines, which may lose more of them.
func (s *server) bury() {
	for len(s.dropped) > 0 {
		p := s.dropped[0]
		s.dropped = s.dropped[1:]
		if p.session != nil && p.session.proved {
			if p.session.used && !p.clean && !p.leaving {
				s.suspend(p)
				continue
			}
			s.endSession(p)
		}
		p.leave()
		delete(s.peers, p.fd)
		_ = unix.Close(p.fd)
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

// newBox makes a mailbox that is known by its key alone.
func (s *server) newBox(name string, shape Shape, owner uint32) *box {
	b := newBox(name, newKey(), shape, owner, s.drained)
	s.keys[b.key] = b
	return b
}

// newKey is a number that nobody can guess.
func newKey() uint64 {
	var key [8]byte
	_, _ = rand.Read(key[:]) // never fails
	return binary.LittleEndian.Uint64(key[:])
}

// tidy forgets a mailbox that nobody can reach any more.
func (s *server) tidy(b *box) {
	if len(b.users) == 0 && s.boxes[b.name] != b && !b.kept {
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

// remove takes away the mailbox's name and ends it.
func (s *server) remove(b *box, why error) {
	if s.boxes[b.name] == b {
		delete(s.boxes, b.name)
	}
	b.end(why)
	s.tidy(b)
}

// idle: no mailbox, and nobody who could make one.
func (s *server) idle() bool {
	return len(s.boxes) == 0 && len(s.peers) == 0 && len(s.visitors.sessions) == 0
}

// retire ends the office; nobody needs it. A client that is about to start an
// office holds the lock; it will find this one, and the office goes on.
func (s *server) retire() {
	if s.retired {
		return // what lies in the directory by now is another office's
	}
	lock, err := s.dir.lock(unix.LOCK_EX | unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return
	}
	if err == nil { // otherwise someone has taken the directory away
		defer unix.Close(lock)
		if s.accept() {
			return
		}
		s.dir.remove()
	}
	// Whoever has connected since then finds the line cut before its first
	// answer, and looks for an office again.
	s.retired = true
}

// drained notes that a mailbox has become empty that once held peak bytes.
func (s *server) drained(peak int) {
	const worth = 1 << 20
	s.slack = s.slack || peak >= worth
}

// giveEvery limits how often memory is given back: it costs a whole collection.
const giveEvery = 100 * time.Millisecond

// giveMemoryBack returns what long queues have used to the system, at once
// instead of minutes later.
func (s *server) giveMemoryBack() {
	if s.slack && time.Since(s.gave) >= giveEvery {
		debug.FreeOSMemory()
		s.slack, s.gave = false, time.Now()
	}
}
