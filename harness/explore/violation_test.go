package explore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// The explorer is as strict as the agent's driver, and says the same.
func TestExplorerChecksReplies(t *testing.T) {
	for behaviour, words := range map[puppet.Behaviour]string{
		puppet.Garbage:     "the line is not a JSON object; it wrote \"Segmentation fault",
		puppet.WrongID:     "the reply has id 1002, but region.create with id 2 is waiting",
		puppet.BothAnswers: "exactly one of ok, error and unsupported",
		puppet.UnknownKind: `there is no error kind "EAGAIN"`,
	} {
		t.Run(string(behaviour), func(t *testing.T) {
			w := worldtest.New(t, world.Options{}) // which removes the region that the agent made all the same
			e, err := explore.Start(within(t), w, puppet.Launcher(behaviour, protocol.OpRegionCreate))
			if errors.As(err, new(*explore.Refused)) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			name := "/ipckit-" + w.ID() + "-r"
			write := []protocol.Request{{Op: protocol.OpRegionWrite, Object: "r", Offset: new(int64), Data: new("AQID")}}
			_, err = e.Explore(within(t), explore.Scenario{
				Name: "region",
				Setup: append(by(explore.A, protocol.Request{Op: protocol.OpRegionCreate, Object: "r", Name: name, Size: new(int64(64))}),
					by(explore.B, protocol.Request{Op: protocol.OpRegionOpen, Object: "r", Name: name})...),
				A: write, B: write,
			})
			var failed *explore.Failed
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), "A broke the protocol in region.create: ") || !strings.Contains(err.Error(), words) {
				t.Errorf("%v, want a violation of the protocol: %s", err, words)
			}
		})
	}
}

func TestExplorerChecksHello(t *testing.T) {
	_, err := explore.Start(within(t), worldtest.New(t, world.Options{}), puppet.Launcher(puppet.LieProtocol, ""))
	if errors.As(err, new(*explore.Refused)) {
		t.Skip(err)
	}
	if err == nil || !strings.Contains(err.Error(), "A broke the protocol in hello: it speaks protocol version") {
		t.Errorf("another version: %v", err)
	}
}
