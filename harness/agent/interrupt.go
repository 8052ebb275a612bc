package agent

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Interrupt sends SIGUSR1 to the operation thread itself, so that the system
// call it is in fails with EINTR. The agent must have said that it bears this
// (Reply.Interrupts) and which thread it is.
func (a *Agent) Interrupt() error {
	t, known := a.thread()
	if !known {
		return fmt.Errorf("the operation thread of %s is not known", a.name)
	}
	return unix.Tgkill(a.process.PID(), t.TID, unix.SIGUSR1)
}
