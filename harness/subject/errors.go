package subject

import (
	"errors"
	"fmt"
)

// A Kind classifies what an operation answered when it did not succeed. The
// texts are part of the wire protocol.
type Kind string

const (
	Exists      Kind = "exists"      // exclusive creation of a name that exists
	NotFound    Kind = "not-found"   // no object of that name
	Full        Kind = "full"        // no room, and the caller would not wait
	Empty       Kind = "empty"       // nothing there, and the caller would not wait
	Timeout     Kind = "timeout"     // the caller's limit passed, or it would not wait to be granted something
	Closed      Kind = "closed"      // closed, and where getting: drained
	TooLarge    Kind = "too-large"   // item or message above the maximum
	PeerDead    Kind = "peer-dead"   // the other side died
	OwnerDead   Kind = "owner-dead"  // granted, but the previous owner died inside
	Permission  Kind = "permission"  // the system or the object refused this user
	Invalid     Kind = "invalid"     // an argument that makes no sense
	NoSpace     Kind = "no-space"    // the system is out of memory, names or descriptors
	Interrupted Kind = "interrupted" // cancelled
	IO          Kind = "io"          // anything else that the system answered
)

// Kinds lists every kind, in the order of the protocol's schema.
var Kinds = []Kind{Exists, NotFound, Full, Empty, Timeout, Closed, TooLarge, PeerDead,
	OwnerDead, Permission, Invalid, NoSpace, Interrupted, IO}

// An Error is an operation's refusal.
type Error struct {
	Kind Kind
	Text string // for people; may be empty

	_ struct{}
}

func (e *Error) Error() string {
	if e.Text == "" {
		return string(e.Kind)
	}
	return fmt.Sprintf("%s (%s)", e.Kind, e.Text)
}

// Is makes errors.Is(err, &Error{Kind: k}) true for every error of that kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && (t.Text == "" || t.Text == e.Text)
}

// Errorf makes an error of a kind.
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// KindOf gives the kind of an error: "" for nil, IO for one that has none.
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
