package adapter

import "fmt"

// A BuildError says why a subject cannot be built.
type BuildError struct {
	Subject string
	Command string // what was run; "" where it did not come to that
	Reason  string // "exit status 1", "no C compiler: …"
	Output  string // what it printed, its middle cut out where it is long
}

func (e *BuildError) Error() string {
	s := fmt.Sprintf("%s cannot be built: ", e.Subject)
	if e.Command != "" {
		s += e.Command + ": "
	}
	s += e.Reason
	if e.Output != "" {
		s += "\n" + e.Output
	}
	return s
}
