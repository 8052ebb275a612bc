package reports

import "io"

// TerminalOptions say what a terminal can show and what its reader wants.
type TerminalOptions struct {
	Color   bool     // ANSI colours; the caller respects NO_COLOR
	ASCII   bool     // no marks and lines beyond ASCII
	Width   int      // columns; 0 is 80
	Verbose bool     // every requirement, all output, and how it was checked
	Files   []string // what else was written, to be named at the end
}
func Terminal(w io.Writer, r *Record, o TerminalOptions) error { return nil }
func JUnit(w io.Writer, r *Record) error { return nil }
func Markdown(w io.Writer, r *Record) error { return nil }
func HTML(w io.Writer, r *Record) error { return nil }
func Annotations(w io.Writer, r *Record) error { return nil }
