package messagepassing

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// The reasons for which an operation can fail. Every error of this package
// matches exactly one of them with [errors.Is]. An error after which it is
// unknown whether the operation took effect also matches [ErrInDoubt].
var (
	ErrExist       = errors.New("already exists")
	ErrNotExist    = errors.New("does not exist")
	ErrFull        = errors.New("full")
	ErrEmpty       = errors.New("empty")
	ErrTimeout     = errors.New("time limit passed")
	ErrClosed      = errors.New("closed")
	ErrTooLarge    = errors.New("message too large")
	ErrPeerDead    = errors.New("peer is dead")
	ErrPermission  = errors.New("not permitted")
	ErrInvalid     = errors.New("invalid argument")
	ErrNoSpace     = errors.New("out of memory or descriptors")
	ErrInterrupted = errors.New("cancelled")
	ErrIO          = errors.New("input/output error")
)

// ErrInDoubt marks a failure whose effect is unknown: the connection or the
// broker was lost between a request and its answer. A message that was being
// sent may have been delivered; it is never delivered twice.
var ErrInDoubt = errors.New("outcome unknown")

// An Error says which operation on which object failed, and why.
type Error struct {
	Op   string // "send", "receive", "create" …
	Name string // of the mailbox, endpoint or peer
	Err  error  // one of the sentinels of this package, possibly wrapped with detail

	_ struct{}
}

func (e *Error) Error() string { return e.Op + " " + e.Name + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// sentinels gives each sentinel error its number on the wire. New ones are
// appended.
var sentinels = []error{
	nil, ErrExist, ErrNotExist, ErrFull, ErrEmpty, ErrTimeout, ErrClosed, ErrTooLarge, ErrPeerDead,
	ErrPermission, ErrInvalid, ErrNoSpace, ErrInterrupted, ErrIO,
}

// refusalCode is the wire number of err: 0 for nil, ErrIO's if err matches no
// sentinel.
func refusalCode(err error) uint8 {
	if err == nil {
		return 0
	}
	for code, sentinel := range sentinels {
		if sentinel != nil && errors.Is(err, sentinel) {
			return uint8(code)
		}
	}
	return uint8(len(sentinels) - 1)
}

// refusal makes an error of a wire number and the broker's text.
func refusal(code uint8, text string) error {
	err := ErrIO
	if int(code) < len(sentinels) {
		err = sentinels[code]
	}
	if err == nil {
		return nil
	}
	detail := strings.TrimPrefix(strings.TrimPrefix(text, err.Error()), ": ")
	if detail == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, detail)
}

// systemError makes a sentinel error of an error number of the kernel.
func systemError(doing string, err error) error {
	kind := ErrIO
	switch {
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM), errors.Is(err, unix.EROFS):
		kind = ErrPermission
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE), errors.Is(err, unix.ENOMEM),
		errors.Is(err, unix.ENOBUFS), errors.Is(err, unix.ENOSPC):
		kind = ErrNoSpace
	case errors.Is(err, unix.EPIPE), errors.Is(err, unix.ECONNRESET), errors.Is(err, unix.ENOTCONN),
		errors.Is(err, unix.ECONNREFUSED):
		kind = ErrPeerDead
	}
	return fmt.Errorf("%w: %s: %w", kind, doing, err)
}
