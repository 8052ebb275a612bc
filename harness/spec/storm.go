package spec

import (
	"syscall"
	"time"
)

// Storm stops and continues the process, and interrupts its system call where
// it bears that, a number of times.
func (p *Process) Storm(times int) {
	for range times {
		p.Signal(syscall.SIGSTOP)
		time.Sleep(time.Millisecond)
		p.Signal(syscall.SIGCONT)
		if p.Interrupts() {
			p.Interrupt()
		}
		time.Sleep(time.Millisecond)
	}
}

// Sleeps expects that the call, which waits, uses no processor time. Where
// nobody can tell, the requirement is skipped.
func (c *Call) Sleeps(format string, args ...any) {
	w := c.process.world
	c.Blocks(format, args...)
	switch asleep, sure := c.process.agent.Asleep(w.ctx); {
	case asleep:
	case c.process.agent.Hello().Thread == nil:
		w.Skip("%s does not tell which of its threads does the operations, so nobody can say whether it sleeps", c.process.Name())
	case !sure:
		w.Inconclusive("it could not be seen whether %s sleeps", c.process.Name())
	default:
		c.StillBlocked(format, args...)
		where := c.process.agent.Where()
		w.Fail("%s waits without sleeping: it used processor time in every tenth of a second that was looked at (%s)", c.process.Name(), where.Where)
	}
	c.StillBlocked(format, args...)
}
