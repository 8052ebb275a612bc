package explore

import "github.com/ipckit/ipckit/harness/ptrace"

// A Refused says that this host does not let the explorer trace its agents.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return "interleavings cannot be explored here: " + e.Reason }

// refusal explains an error of ptrace; nil where it is none of permission.
func refusal(err error) *Refused {
	if reason := ptrace.Refusal(err); reason != "" {
		return &Refused{Reason: reason}
	}
	return nil
}
