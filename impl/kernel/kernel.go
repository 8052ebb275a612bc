// Package kernel plugs the operating system's own mechanisms into the kit, as
// they are: each subject claims what the system promises, no more, and adds
// nothing but names and the translation of error numbers.
package kernel

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// refusals pairs error numbers with the contract's words.
var refusals = []struct {
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

// refuse makes the contract's error of a system call's answer; nil of success.
func refuse(call string, err error) error {
	if err == nil {
		return nil
	}
	for _, r := range refusals {
		if errors.Is(err, r.errno) {
			return subject.Errorf(r.kind, "%s: %v", call, err)
		}
	}
	return subject.Errorf(subject.IO, "%s: %v", call, err)
}

// untilNotInterrupted repeats a call for as long as a signal interrupts it.
func untilNotInterrupted(call func() unix.Errno) unix.Errno {
	for {
		if errno := call(); errno != unix.EINTR {
			return errno
		}
	}
}

// answer is an error, or nil where the number says success.
func answer(errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
