package count

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace/ptracetest"
	"github.com/ipckit/ipckit/harness/reexec"
)

// becomeFiltered makes this process one that may not use ptrace, and starts it
// again as a watcher.
func becomeFiltered() {
	err := ptracetest.Forbid()
	if err == nil {
		err = os.Setenv(reexec.RoleVariable, refusedRole)
	}
	if err == nil {
		err = unix.Exec(reexec.Self, os.Args, os.Environ())
	}
	panic(err)
}
