package explore_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/ptrace/ptracetest"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// filterVariable makes the explorer's process one that may not use ptrace, as in
// some containers.
const filterVariable = "IPCKIT_TEST_WITHOUT_PTRACE"

func TestHostThatRefusesPtrace(t *testing.T) {
	t.Setenv(filterVariable, "1")
	w := worldtest.New(t, world.Options{})
	_, err := explore.Start(within(t), w, agent.Self("right: event"))
	var refused *explore.Refused
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "ptrace") {
		t.Errorf("%v, want a refusal that names ptrace", err)
	}
	for _, p := range w.Processes() {
		t.Errorf("%s (pid %d) is left behind", p.Name(), p.PID())
	}
}

// becomeExplorer is the explorer's main.
func becomeExplorer() {
	if os.Getenv(filterVariable) != "" {
		if err := ptracetest.Forbid(); err != nil {
			panic(err)
		}
	}
	explore.Main()
}
