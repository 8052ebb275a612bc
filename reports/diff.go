package reports

import (
	"io"
)

// A Change is a requirement whose verdict differs between two records. Before
// or After is "" where a record does not have it.
type Change struct {
	Requirement   string
	Before, After Verdict
	Message       string // of the result after
}
func Diff(a, b *Record) []Change { return nil }
func (c Change) Worse() bool { return false }
func WriteDiff(w io.Writer, changes []Change) error { return nil }
