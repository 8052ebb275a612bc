package subject

import (
	"errors"
	"fmt"
)

// A Kind classifies the failure of an operation. The texts are part of the wire
// protocol.
type Kind string

const (
	Exists      Kind = "exists"      // exclusive creation of a name that exists
	NotFound    Kind = "not-found"   // no object of that name
	Full        Kind = "full"        // no room, and the caller did not want to wait
	Empty       Kind = "empty"       // nothing there, and the caller did not want to wait
	Timeout     Kind = "timeout"     // the time limit passed; of locks and semaphores, also: not free, and the caller did not want to wait
	Closed      Kind = "closed"      // closed; of get and receive: closed and drained
	TooLarge    Kind = "too-large"   // item or message above the maximum
	PeerDead    Kind = "peer-dead"   // the other side died
	OwnerDead   Kind = "owner-dead"  // granted, but the previous owner died while it held the lock
	Permission  Kind = "permission"  // not permitted for this user
	Invalid     Kind = "invalid"     // an argument is invalid
	NoSpace     Kind = "no-space"    // the system is out of memory, names or descriptors
	Interrupted Kind = "interrupted" // cancelled
	IO          Kind = "io"          // any other error of the system
)

// Kinds lists every kind, in the order of the protocol's schema.
var Kinds = []Kind{Exists, NotFound, Full, Empty, Timeout, Closed, TooLarge, PeerDead,
	OwnerDead, Permission, Invalid, NoSpace, Interrupted, IO}

// An Error is the failure of an operation.
type Error struct {
	Kind Kind
	Text string // details for the reader; may be empty

	_ struct{}
}

func (e *Error) Error() string {
	if e.Text == "" {
		return string(e.Kind)
	}
	return fmt.Sprintf("%s (%s)", e.Kind, e.Text)
}

// Is makes errors.Is(err, &Error{Kind: k}) true for every error of kind k.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && (t.Text == "" || t.Text == e.Text)
}

// Errorf makes an [Error] of a kind.
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of an error: "" for nil, IO for an error that has none.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return IO
}
