package history

import "fmt"

// A Fault classifies what is wrong with a file.
type Fault string

// The faults. A log that is Truncated, has a BadRecord or a Hole, or whose clock went
// Backwards, still holds the operations before the fault.
const (
	Truncated    Fault = "truncated"
	Foreign      Fault = "not a history file"
	WrongVersion Fault = "wrong version"
	BadHeader    Fault = "bad header"
	BadRecord    Fault = "bad record"
	Backwards    Fault = "clock went backwards"
	Hole         Fault = "hole"
	OtherBoot    Fault = "other boot"
	NotBegun     Fault = "not begun" // its process was killed before it wrote the header
)

// A FormatError says what is wrong with a file, and at which byte.
type FormatError struct {
	File   string
	Offset int64 // bytes from the start of the file
	Fault  Fault
	Text   string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("history %s, byte %d: %s: %s", e.File, e.Offset, e.Fault, e.Text)
}
