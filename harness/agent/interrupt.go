package agent

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Interrupt sends SIGUSR1 to the operation thread itself, so that the system
// call it is in fails with EINTR. The agent must have said that it bears this
// (Reply.Interrupts) and which thread it is. A thread that has ended is ESRCH.
func (a *Agent) Interrupt() error {
	t, known := a.thread()
	switch {
	case !known && a.hello.Thread != nil:
		return fmt.Errorf("the operation thread of %s has ended: %w", a.name, unix.ESRCH)
	case !known:
		return fmt.Errorf("the operation thread of %s is not known", a.name)
	}
	return unix.Tgkill(a.process.PID(), t.TID, unix.SIGUSR1)
}
