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

// Sleeps expects that the call, which waits, leaves the processor to others.
// Where nobody can tell, the requirement is skipped.
func (c *Call) Sleeps(format string, args ...any) {
	w := c.process.world
	c.Blocks(format, args...)
	switch rests, sure := c.process.agent.Rests(w.ctx); {
	case rests:
	case c.process.agent.Hello().Thread == nil:
		w.Skip("%s does not tell which of its threads does the operations, so nobody can say whether it sleeps", c.process.Name())
	case !sure:
		w.Inconclusive("it could not be seen whether %s sleeps", c.process.Name())
	default:
		c.StillBlocked(format, args...)
		where := c.process.agent.Where()
		w.Fail("%s waits without sleeping: it used the processor, or was woken, all the time (%s)", c.process.Name(), where.Where)
	}
	c.StillBlocked(format, args...)
}
