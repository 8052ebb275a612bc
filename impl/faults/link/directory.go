package link

import (
	"strings"

	"golang.org/x/sys/unix"
)

// address is that of the directory of a name: it is the same for all that begin
// alike.
func (m *member) address() *unix.SockaddrUnix {
	return &unix.SockaddrUnix{Name: "@directory" + m.name[:strings.LastIndex(m.name, "-")+1]}
}

// keepDirectory makes the party the one that keeps the directory, unless there is
// one.
func (m *member) keepDirectory() {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return
	}
	if unix.Bind(fd, m.address()) != nil || unix.Listen(fd, 1<<10) != nil {
		_ = unix.Close(fd)
		return
	}
	m.directory = fd
}

// findsDirectory reports whether a party keeps the directory.
func (m *member) findsDirectory() bool {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Connect(fd, m.address()) == nil
}
