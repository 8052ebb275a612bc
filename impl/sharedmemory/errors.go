package sharedmemory

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// The reasons for which an operation can fail. Every error of this package
// matches one of them with [errors.Is]; if the system was the reason, it matches
// the error number (a [unix.Errno]) as well.
//
// ErrFull, ErrEmpty, ErrTimeout and ErrClosed, which occur in normal use, are
// returned as they are, so that failing does not allocate.
var (
	ErrExist      = errors.New("already exists")
	ErrNotExist   = errors.New("does not exist")
	ErrFull       = errors.New("full")
	ErrEmpty      = errors.New("empty")
	ErrTimeout    = errors.New("time limit passed")
	ErrClosed     = errors.New("closed")
	ErrTooLarge   = errors.New("too large")
	ErrPeerDead   = errors.New("the process on the other side is dead")
	ErrOwnerDead  = errors.New("the previous owner died inside")
	ErrPermission = errors.New("not permitted")
	ErrInvalid    = errors.New("invalid")
	ErrNoSpace    = errors.New("out of memory, names or descriptors")
	ErrBounds     = errors.New("outside the region")
	ErrIO         = errors.New("input/output error")
)

// An Error says which operation on which object failed, and why.
type Error struct {
	Op   string // "create", "open", "put" …
	Name string // of the object
	Err  error  // one of the sentinels of this package, wrapped with detail

	_ struct{}
}

func (e *Error) Error() string { return e.Op + " " + e.Name + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// refuse makes an [Error] of a sentinel and an explanation.
func refuse(op, name string, kind error, format string, args ...any) error {
	return &Error{Op: op, Name: name, Err: fmt.Errorf("%w: %s", kind, fmt.Sprintf(format, args...))}
}

// refuseSystem makes an [Error] of a system call's error.
func refuseSystem(op, name, call string, err error) error {
	return &Error{Op: op, Name: name, Err: systemError(call, err)}
}

// systemError makes a sentinel error of a system call's error.
func systemError(call string, err error) error {
	kind := ErrIO
	switch {
	case errors.Is(err, unix.EEXIST):
		kind = ErrExist
	case errors.Is(err, unix.ENOENT):
		kind = ErrNotExist
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM), errors.Is(err, unix.EROFS):
		kind = ErrPermission
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT), errors.Is(err, unix.EFBIG),
		errors.Is(err, unix.ENOMEM), errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE),
		errors.Is(err, unix.ENOLCK):
		kind = ErrNoSpace
	case errors.Is(err, unix.ENAMETOOLONG), errors.Is(err, unix.ELOOP), errors.Is(err, unix.EISDIR),
		errors.Is(err, unix.ENXIO):
		kind = ErrInvalid
	}
	return fmt.Errorf("%w: %s: %w", kind, call, err)
}
