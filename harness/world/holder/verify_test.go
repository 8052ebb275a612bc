package holder

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// A sandbox may take the flags for namespaces and give none. The holder must
// notice before it mounts, removes or kills anything.
func TestHolderVerifiesItsNamespaces(t *testing.T) {
	if failure := verifyNamespaces(message.OwnNamespaces(), true); failure == nil || !errors.Is(failure, unix.ENOSYS) {
		t.Errorf("in the kit's own namespaces: %v, want a refusal", failure)
	}
	other := map[string]string{}
	for name := range message.OwnNamespaces() {
		other[name] = "another"
	}
	if failure := verifyNamespaces(other, true); failure == nil || !strings.Contains(failure.Error(), "first of its PID namespace") {
		t.Errorf("not the first process: %v, want a refusal", failure)
	}
	if failure := verifyNamespaces(nil, true); failure == nil {
		t.Error("the kit's namespaces are not known: want a refusal")
	}
	if found := strays(message.Setup{OwnedUser: true}); len(found) != 0 {
		t.Errorf("a world without a name has processes %v", found)
	}
}
