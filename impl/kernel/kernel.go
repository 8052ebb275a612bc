// Package kernel makes subjects of the operating system's own mechanisms: the
// pipe, Unix sockets, the POSIX and the System V message queue. Each claims what
// its manual page promises and no more, and is used as it is; only names and
// error numbers are translated.
package kernel

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// kinds pairs error numbers with the contract's error kinds.
var kinds = []struct {
	errno unix.Errno
	kind  subject.Kind
}{
	{unix.EEXIST, subject.Exists},
	{unix.ENOENT, subject.NotFound},
	{unix.EIDRM, subject.NotFound},
	{unix.EMSGSIZE, subject.TooLarge},
	{unix.E2BIG, subject.TooLarge},
	{unix.EACCES, subject.Permission},
	{unix.EPERM, subject.Permission},
	{unix.EINVAL, subject.Invalid},
	{unix.ENAMETOOLONG, subject.Invalid},
	{unix.ENOSPC, subject.NoSpace},
	{unix.ENOMEM, subject.NoSpace},
	{unix.EMFILE, subject.NoSpace},
	{unix.EPIPE, subject.PeerDead},
	{unix.ECONNRESET, subject.PeerDead},
	{unix.EADDRINUSE, subject.Exists},
}

// refuse makes an error of the contract of a system call's error; nil of nil.
func refuse(call string, err error) error {
	if err == nil {
		return nil
	}
	for _, r := range kinds {
		if errors.Is(err, r.errno) {
			return subject.Errorf(r.kind, "%s: %v", call, err)
		}
	}
	return subject.Errorf(subject.IO, "%s: %v", call, err)
}

// untilNotInterrupted repeats a call as long as a signal interrupts it.
func untilNotInterrupted(call func() unix.Errno) unix.Errno {
	for {
		if errno := call(); errno != unix.EINTR {
			return errno
		}
	}
}

// answer is errno as an error; nil for 0, which means success.
func answer(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
