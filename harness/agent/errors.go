package agent

import "github.com/ipckit/ipckit/harness/world"

// Unsupported says that the adapter does not have an operation or an argument.
type Unsupported struct{ Operation string }

func (e *Unsupported) Error() string { return "the adapter does not support " + e.Operation }

// Broken says that an agent broke the protocol.
type Broken struct {
	Agent   string
	Line    string // the line at fault, quoted and cut
	Problem string
	Hint    string // what to do about it
}

func (e *Broken) Error() string { return e.Problem }

// Died says that an agent's process ended.
type Died struct {
	Agent  string
	Exit   world.Exit
	During string // operation under way; "" when there was none
}

func (e *Died) Error() string { return e.Agent + " died: " + e.Exit.String() }
