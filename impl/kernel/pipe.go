package kernel

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// Pipe is the named pipe (fifo(7), pipe(7)): bytes in one direction, so that a
// link needs two. Up to PIPE_BUF bytes are written wholly or not at all; longer
// writes have no such guarantee and are not claimed.
func Pipe() subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "pipe", Version: "POSIX.1-2017", Language: "Go",
			Profiles: subject.Profiles{Link: &subject.LinkProfile{
				Item:    subject.Item{Min: 1, Max: pipeBuf},
				Framing: subject.FramingStream, Buffering: 64 << 10, Waiting: "sleep",
			}},
			Extended: []string{"LINK-DUPLEX"},
		},
		Parties: pipes{},
	}
}

// pipeBuf is PIPE_BUF of limits.h.
const pipeBuf = 4096

type pipes struct{}

// A pipeParty only has a name: the system does not identify the users of a pipe.
type pipeParty struct {
	name  string
	links []*pipeLink
}

func (pipes) Join(name string) (subject.Party, error) {
	bare := strings.TrimPrefix(name, "/")
	if bare == "" || strings.ContainsAny(bare, "/\x00") || len(bare) > 120 {
		return nil, subject.Errorf(subject.Invalid, "name %q: want a slash and 1 to 120 bytes without another slash", name)
	}
	return &pipeParty{name: bare}, nil
}

// Link creates the two pipes unless the peer has, and opens its own for reading.
// The other one can be opened for writing once the peer reads it.
func (p *pipeParty) Link(peer string) (subject.Link, error) {
	peer = strings.TrimPrefix(peer, "/")
	if peer == "" || peer == p.name || strings.ContainsAny(peer, "/\x00") {
		return nil, subject.Errorf(subject.Invalid, "a link between %q and %q", p.name, peer)
	}
	l := &pipeLink{from: pipePath(peer, p.name), to: pipePath(p.name, peer), out: -1}
	for _, path := range []string{l.from, l.to} {
		if err := unix.Mkfifo(path, 0o600); err != nil && err != unix.EEXIST {
			return nil, refuse("mkfifo", err)
		}
	}
	fd, err := open(l.from, unix.O_RDONLY)
	if err != nil {
		return nil, refuse("open for reading", err)
	}
	l.in = fd
	if _, err := l.writable(); err != nil {
		_ = l.Detach()
		return nil, err
	}
	p.links = append(p.links, l)
	return l, nil
}

// pipePath is the path of the pipe from one party to another.
func pipePath(from, to string) string {
	return filepath.Join(os.TempDir(), from+"+"+to+".fifo")
}

func open(path string, mode int) (fd int, err error) {
	for {
		fd, err = unix.Open(path, mode|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

func (p *pipeParty) Leave() error {
	for _, l := range p.links {
		_ = l.Detach()
	}
	return nil
}

// A pipeLink is the reading end of one pipe and the writing end of another.
type pipeLink struct {
	from, to string
	in, out  int // out is -1 until the peer has opened it for reading
	gone     bool
}

// writable opens the writing end if the peer has the pipe open for reading.
func (l *pipeLink) writable() (bool, error) {
	if l.out >= 0 {
		return true, nil
	}
	fd, err := open(l.to, unix.O_WRONLY)
	switch err {
	case nil:
		l.out = fd
		return true, nil
	case unix.ENXIO, unix.ENOENT:
		return false, nil
	}
	return false, refuse("open for writing", err)
}

// pause is the time between two attempts to open the peer's pipe, for which the
// system offers nothing to wait for.
const pause = time.Millisecond

func (l *pipeLink) Send(message []byte, wait subject.Wait) error {
	if err := l.attached(); err != nil {
		return err
	}
	if len(message) > pipeBuf {
		return subject.Errorf(subject.TooLarge, "%d bytes: a pipe writes at most %d atomically", len(message), pipeBuf)
	}
	limit := newLimit(wait)
	for {
		ready, err := l.writable()
		if err != nil {
			return err
		}
		if ready {
			break
		}
		if limit.left() == 0 {
			return limit.over("open for writing", subject.Full)
		}
		time.Sleep(pause)
	}
	for {
		_, err := unix.Write(l.out, message)
		switch {
		case err == nil:
			return nil
		case err == unix.EINTR:
			continue
		case err != unix.EAGAIN:
			return refuse("write", err)
		}
		if ready, err := limit.poll([]unix.PollFd{{Fd: int32(l.out), Events: unix.POLLOUT}}); err != nil {
			return refuse("poll", err)
		} else if !ready {
			return limit.over("write", subject.Full)
		}
	}
}

// Receive reads the bytes that are there. A pipe without a writer looks the same
// to read(2) before the peer has come and after it has gone. poll(2) reports the
// latter (POLLHUP), and that the peer no longer reads (POLLERR).
func (l *pipeLink) Receive(into []byte, wait subject.Wait) (int, error) {
	if err := l.attached(); err != nil {
		return 0, err
	}
	limit := newLimit(wait)
	for over := false; ; {
		if _, err := l.writable(); err != nil {
			return 0, err
		}
		n, err := unix.Read(l.in, into)
		switch {
		case n > 0:
			return n, nil
		case err == unix.EINTR:
			continue
		case err != nil && err != unix.EAGAIN:
			return 0, refuse("read", err)
		case over:
			return 0, subject.Errorf(subject.Closed, "read: end-of-file")
		}
		slice, looking := limit, l.out < 0
		if looking && limit.left() != 0 {
			slice = newLimit(subject.Wait(pause)) // then check for the peer again
		}
		fds := []unix.PollFd{{Fd: int32(l.in), Events: unix.POLLIN}, {Fd: int32(l.out)}}
		ready, err := slice.poll(fds)
		switch {
		case err != nil:
			return 0, refuse("poll", err)
		case !ready && limit.left() == 0:
			return 0, limit.over("read", subject.Empty)
		}
		// What the peer wrote is there once it is known to be gone.
		over = fds[0].Revents&unix.POLLHUP != 0 || fds[1].Revents&unix.POLLERR != 0
	}
}

func (l *pipeLink) attached() error {
	if l.gone {
		return subject.Errorf(subject.Invalid, "the link was detached")
	}
	return nil
}

func (l *pipeLink) Detach() error {
	if l.gone {
		return nil
	}
	l.gone = true
	err := unix.Close(l.in)
	if l.out >= 0 {
		_ = unix.Close(l.out)
	}
	_, _ = unix.Unlink(l.from), unix.Unlink(l.to)
	return refuse("close", err)
}
