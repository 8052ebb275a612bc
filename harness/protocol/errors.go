package protocol

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Unsupported says that the adapter does not have an operation or an argument.
type Unsupported struct {
	Operation string // as the adapter put it
}

func (e *Unsupported) Error() string { return "the adapter does not support " + e.Operation }

// A Violation is what is wrong with a line, and what to do about it.
type Violation struct{ Problem, Hint string }

func (v *Violation) Error() string { return v.Problem + " (" + v.Hint + ")" }

// Violationf makes a Violation with a hint and a formatted problem.
func Violationf(hint, format string, args ...any) *Violation {
	return &Violation{Problem: fmt.Sprintf(format, args...), Hint: hint}
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
