package protocol

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Unsupported says that the adapter does not have an operation or an argument.
type Unsupported struct {
	Operation string // as the adapter put it
}

func (e *Unsupported) Error() string { return "the adapter does not support " + e.Operation }

// A Violation is what an agent does that the protocol does not allow.
type Violation struct {
	Problem string
	Hint    string // what to do about it
	Line    string // the line at fault, quoted and cut; "" where there is none
}

// Violationf makes a Violation with a hint and a formatted problem.
func Violationf(hint, format string, args ...any) *Violation {
	return &Violation{Problem: fmt.Sprintf(format, args...), Hint: hint}
}

// in adds the line at fault.
func (v *Violation) in(line []byte) *Violation {
	v.Line = QuoteLine(line)
	return v
}

// Broken says that an agent broke the protocol. Nothing that it says from then
// on can be believed, so its process has been ended.
type Broken struct {
	Agent  string
	During string // operation under way; "" when there was none
	Violation
}

func (e *Broken) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s broke the protocol", e.Agent)
	if e.During != "" {
		fmt.Fprintf(&s, " in %s", e.During)
	}
	fmt.Fprintf(&s, ": %s", e.Problem)
	if e.Line != "" {
		fmt.Fprintf(&s, "; it wrote %s", e.Line)
	}
	if e.Hint != "" {
		fmt.Fprintf(&s, " (%s)", e.Hint)
	}
	return s.String()
}

// quoteCut is how many bytes of a line at fault are shown.
const quoteCut = 200

// QuoteLine shows a line at fault: whatever it holds, on one line of plain text.
func QuoteLine(line []byte) string {
	if len(line) <= quoteCut {
		return strconv.Quote(string(line))
	}
	cut := quoteCut
	for cut > quoteCut-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
		cut--
	}
	return strconv.Quote(string(line[:cut])) + "…"
}
