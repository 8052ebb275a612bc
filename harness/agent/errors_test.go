package agent_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world"
)

func TestMessagesOfAgentsThatCannotBeAsked(t *testing.T) {
	for want, err := range map[string]error{
		"consumer was killed by SIGSEGV in buffer.detach":                  &agent.Died{Agent: "consumer", Exit: world.Exit{Code: -1, Signal: unix.SIGSEGV, Core: true}, During: protocol.OpBufferDetach},
		"consumer exited with status 3":                                    &agent.Died{Agent: "consumer", Exit: world.Exit{Code: 3}},
		"consumer exited with status 0 in bye":                             &agent.Died{Agent: "consumer", During: protocol.OpBye},
		"a was killed by SIGXFSZ in hello: output limit":                   &agent.Died{Agent: "a", Exit: world.Exit{Code: -1, Signal: unix.SIGXFSZ, Cause: "output limit"}, During: protocol.OpHello},
		"a was killed by SIGKILL in buffer.get, after half a reply: \"{\"": &agent.Died{Agent: "a", Exit: world.Exit{Code: -1, Signal: unix.SIGKILL}, During: protocol.OpBufferGet, Half: `"{"`},
		"a ended in an unknown way":                                        &agent.Died{Agent: "a", Exit: world.Exit{Code: -1}},
		"a broke the protocol in region.size: the line is not a JSON object; it wrote \"hi\" (answer in JSON)": &protocol.Broken{
			Agent: "a", During: protocol.OpRegionSize, Violation: protocol.Violation{Problem: "the line is not a JSON object", Hint: "answer in JSON", Line: `"hi"`}},
		"a cannot begin buffer.get: buffer.put has been under way for 250ms, and an agent does one operation at a time": &agent.Busy{
			Agent: "a", Operation: protocol.OpBufferGet, Under: protocol.OpBufferPut, Since: 250 * time.Millisecond},
		"a answered bye and was still running 20s later; an adapter must exit with status 0 after its answer to bye": &agent.Stayed{Agent: "a", After: 20 * time.Second},
	} {
		if got := err.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
