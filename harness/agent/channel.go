package agent

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// newPipe makes a pipe between the kit and an agent. The kit's end does not
// block, so that it can be given deadlines; the agent's end does, as programs
// expect. Every user may open both ends, because an agent under another user id may
// have to open its own again, as /dev/fd/3.
func newPipe(kitWrites bool) (kit, theirs *os.File, err error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, fmt.Errorf("pipe to an agent: %w", err)
	}
	ours, other := fds[0], fds[1]
	if kitWrites {
		ours, other = fds[1], fds[0]
	}
	err = errors.Join(unix.Fchmod(ours, 0o666), unix.SetNonblock(ours, true))
	kit, theirs = os.NewFile(uintptr(ours), "pipe"), os.NewFile(uintptr(other), "pipe")
	if err != nil {
		_, _ = kit.Close(), theirs.Close()
		return nil, nil, fmt.Errorf("pipe to an agent: %w", err)
	}
	return kit, theirs, nil
}

// A source reads what an agent wrote. It ends at end of file, or, once halt was
// called, when what was in the pipe by then has been read: a child of a dead
// agent may hold the other end open for ever.
type source struct {
	pipe     *os.File
	draining bool
	left     int // what may still be read while draining
}

// halt makes the source end. It may be called from any goroutine.
func (s *source) halt() { _ = s.pipe.SetReadDeadline(time.Unix(1, 0)) }

func (s *source) Read(p []byte) (int, error) {
	if !s.draining {
		n, err := s.pipe.Read(p)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		s.draining, s.left = true, 1<<20
		_ = s.pipe.SetReadDeadline(time.Time{})
	}
	return s.drain(p)
}

// drain reads without waiting, and no more than a pipe can hold, since those
// who hold the other end may be writing still.
func (s *source) drain(p []byte) (n int, err error) {
	raw, err := s.pipe.SyscallConn()
	if err != nil || s.left <= 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), s.left)]
	readErr := raw.Read(func(fd uintptr) bool {
		for {
			n, err = unix.Read(int(fd), p)
			if !errors.Is(err, unix.EINTR) {
				return true
			}
		}
	})
	if readErr != nil || err != nil || n <= 0 {
		return 0, io.EOF
	}
	s.left -= n
	return n, nil
}
