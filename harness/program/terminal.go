package program

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A channel receives the standard output or standard error of a program.
//
// It is a terminal, as where the program was written: the C library then writes
// line by line, so that the lines of a program that is killed, crashes or forks
// are neither lost nor doubled. Into a pipe, the library writes whole buffers of
// 4096 bytes. The terminal is raw, so that no carriage return is added. Where the
// host has no terminals, the channel is a pipe.
type channel struct {
	read     *os.File // the kit's end
	write    *os.File // the program's end, which the kit closes once the program has ended
	terminal bool
}

func newChannel() (*channel, error) {
	if c, err := newTerminal(); err == nil {
		return c, nil
	}
	return newPipe()
}

func newPipe() (*channel, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe for a program's output: %w", err)
	}
	w.Fd() // makes it blocking, as programs expect
	return &channel{read: r, write: w}, nil
}

func newTerminal() (_ *channel, err error) {
	// Not blocking, so that the Go runtime polls it and Close ends a read.
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	slave := -1
	defer func() {
		if err != nil {
			_ = unix.Close(master)
			if slave >= 0 {
				_ = unix.Close(slave)
			}
		}
	}()
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return nil, err
	}
	// Not by its path, which may lead elsewhere in a container.
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC)
	if errno != 0 {
		return nil, errno
	}
	slave = int(fd)
	t, err := unix.IoctlGetTermios(slave, unix.TCGETS)
	if err != nil {
		return nil, err
	}
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Iflag &^= unix.IXON
	if err := unix.IoctlSetTermios(slave, unix.TCSETS, t); err != nil {
		return nil, err
	}
	_ = unix.Fchmod(slave, 0o666) // shells open /dev/stderr again, under another user id
	return &channel{read: os.NewFile(uintptr(master), "terminal"), write: os.NewFile(uintptr(slave), "terminal"), terminal: true}, nil
}

// hold stops the output of the terminal, as Ctrl-S does: a process that writes to
// it blocks. release resumes the output.
func (c *channel) hold()    { c.flow(unix.TCOOFF) }
func (c *channel) release() { c.flow(unix.TCOON) }

func (c *channel) flow(action int) {
	if !c.terminal {
		return
	}
	raw, err := c.write.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = unix.IoctlSetInt(int(fd), unix.TCXONC, action) })
}

// finish closes the program's end, so that the reader reaches the end of the
// output once no process holds it either.
func (c *channel) finish() {
	c.release()
	_ = c.write.Close()
}

// abandon ends the reader some time after the end of the program, since a process
// that the program left may hold the channel open forever.
func (c *channel) abandon(after time.Duration) { _ = c.read.SetReadDeadline(time.Now().Add(after)) }

func (c *channel) close() {
	_ = c.write.Close()
	_ = c.read.Close()
}
