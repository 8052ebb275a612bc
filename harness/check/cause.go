package check

import (
	"errors"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
)

// Cause says what a failure that is about to be reported comes from, in the same
// words for each requirement that it breaks, and where to look: the requirement's
// own hint is about another fault. Either may be "".
func (w *World) Cause(cause, hint string) { w.cause, w.hint = cause, hint }

// LooksCloser reports whether a failure is worth another look, which takes time: not
// where failures are not looked at again, nor where this is such another look.
func (w *World) LooksCloser() bool { return w.spec.suite.attempts() > 1 && !w.spec.again }

// blame makes a refusal the cause: by the subject's own words, where it gave any,
// and by its kind, unless the requirement is about that kind.
func (w *World) blame(err error) {
	var refused *subject.Error
	if w.cause != "" || !errors.As(err, &refused) {
		return
	}
	if refused.Text != "" {
		w.cause = refused.Error()
	}
	h := hints[refused.Kind]
	r := w.spec.requirement
	text := strings.ToLower(r.ID + " " + r.Text + " " + r.Hint)
	if !slices.ContainsFunc(h.about, func(word string) bool { return strings.Contains(text, word) }) {
		w.hint = h.text
	}
}

// hints are where to look for the reason of a refusal. A requirement in which one of
// the words stands is about such refusals, and has a better hint of its own.
var hints = map[subject.Kind]struct {
	text  string
	about []string
}{
	subject.TooLarge:    {"Which length is compared with which limit there? Is it the item's own, and the limit that the object was created with?", []string{"large", "size", "length", "byte"}},
	subject.NoSpace:     {"Which table, file, memory or descriptor ran out there, and which operation should have given it back?", []string{"space", "leak", "room", "memory", "short"}},
	subject.Invalid:     {"Which argument or state was refused there, and which operation left it so?", []string{"invalid", "argument"}},
	subject.NotFound:    {"Under which name was it made, and under which is it looked for? Was it removed too early?", []string{"not-found", "name", "unlink", "exist", "remove"}},
	subject.Exists:      {"What was left under this name, and which operation should have removed it?", []string{"exist", "name", "unlink", "remove"}},
	subject.Permission:  {"With which mode and owner was it made, and as which user does this process run?", []string{"permission", "user", "mode"}},
	subject.Closed:      {"What closed it, or made this process believe so? No process had asked for it to be closed.", []string{"close"}},
	subject.PeerDead:    {"Why is the other side believed to be dead? It was alive.", []string{"die", "dead", "death", "kill", "gone", "peer"}},
	subject.OwnerDead:   {"Why is the owner believed to be dead? It was alive.", []string{"die", "dead", "death", "kill", "owner"}},
	subject.Interrupted: {"What interrupted the wait, and why was it not taken up again?", []string{"interrupt", "signal", "cancel", "eintr"}},
	subject.IO:          {"Which system call failed there, and with which errno? Its manual page lists the reasons.", nil},
}
