package holder

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// verifyNamespaces makes sure that a holder is where it was to be started. What
// it does next would harm the host if a sandbox that imitates a kernel took the
// flags and gave no namespaces: it mounts, removes whatever it finds, and kills
// whatever it can.
func verifyNamespaces(host map[string]string, network bool) *message.Failure {
	own := message.OwnNamespaces()
	for _, n := range message.Namespaces {
		if n.Flag == unix.CLONE_NEWNET && !network {
			continue
		}
		if own[n.Name] == "" || host[n.Name] == "" || own[n.Name] == host[n.Name] {
			return message.Failed(fmt.Sprintf("be in a %s of its own (the kit is in %q, the holder in %q)", n.Name, host[n.Name], own[n.Name]), unix.ENOSYS)
		}
	}
	if os.Getpid() != 1 || os.Getppid() != 0 {
		return message.Failed(fmt.Sprintf("be the first of its PID namespace (it is %d, its parent %d)", os.Getpid(), os.Getppid()), unix.ENOSYS)
	}
	return nil
}
