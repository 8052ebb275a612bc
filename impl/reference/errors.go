package reference

import (
	"errors"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

// kinds pairs the libraries' errors with the contract's error kinds.
var kinds = []struct {
	err  error
	kind subject.Kind
}{
	{sharedmemory.ErrExist, subject.Exists},
	{sharedmemory.ErrNotExist, subject.NotFound},
	{sharedmemory.ErrFull, subject.Full},
	{sharedmemory.ErrEmpty, subject.Empty},
	{sharedmemory.ErrTimeout, subject.Timeout},
	{sharedmemory.ErrClosed, subject.Closed},
	{sharedmemory.ErrTooLarge, subject.TooLarge},
	{sharedmemory.ErrPeerDead, subject.PeerDead},
	{sharedmemory.ErrOwnerDead, subject.OwnerDead},
	{sharedmemory.ErrPermission, subject.Permission},
	{sharedmemory.ErrInvalid, subject.Invalid},
	{sharedmemory.ErrBounds, subject.Invalid},
	{sharedmemory.ErrNoSpace, subject.NoSpace},

	{messagepassing.ErrExist, subject.Exists},
	{messagepassing.ErrNotExist, subject.NotFound},
	{messagepassing.ErrFull, subject.Full},
	{messagepassing.ErrEmpty, subject.Empty},
	{messagepassing.ErrTimeout, subject.Timeout},
	{messagepassing.ErrClosed, subject.Closed},
	{messagepassing.ErrTooLarge, subject.TooLarge},
	{messagepassing.ErrPeerDead, subject.PeerDead},
	{messagepassing.ErrPermission, subject.Permission},
	{messagepassing.ErrInvalid, subject.Invalid},
	{messagepassing.ErrNoSpace, subject.NoSpace},
	{messagepassing.ErrInterrupted, subject.Interrupted},
}

// translate makes an error of the contract of a library's error. It is inlined, so
// that an operation without an error costs no call.
func translate(err error) error {
	if err == nil {
		return nil
	}
	return translated(err)
}

func translated(err error) error {
	for _, w := range kinds {
		if errors.Is(err, w.err) {
			return subject.Errorf(w.kind, "%v", err)
		}
	}
	return subject.Errorf(subject.IO, "%v", err)
}
