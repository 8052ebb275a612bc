package suites_test

import (
	"fmt"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/suites"
)

// TestShortItems: items of less than eight bytes, such as ints, are compared with
// what was sent, also where a workload sends them and single operations receive them.
func TestShortItems(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	for _, size := range []subject.Size{1, 4} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			s := reference.Subject()
			s.Claims.Performance = nil
			s.Claims.Profiles.Many.Item = subject.Item{Fixed: size}
			s.Claims.Profiles.Mailbox.Item = subject.Item{Fixed: size}
			suites.Check(t, s, suites.Only("BUF-WAKE", "BOX-WAKE", "BOX-ONERECEIVER"))
		})
	}
}
