package check

import (
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// Disturb stops and continues the process, and interrupts its system call where its
// agent allows that, a number of times. It returns what the signals were, for messages.
// A signal that the thread does not take leaves the requirement unobserved: nothing
// was interrupted.
func (p *Process) Disturb(times int) string {
	for range times {
		p.Signal(syscall.SIGSTOP)
		time.Sleep(time.Millisecond)
		p.Signal(syscall.SIGCONT)
		if p.Interrupts() {
			p.Interrupt()
			p.taken()
		}
		time.Sleep(time.Millisecond)
	}
	if p.Interrupts() {
		return "signals (SIGSTOP and SIGCONT, and SIGUSR1, whose handler the adapter installed without SA_RESTART: system calls fail with EINTR)"
	}
	return "signals (SIGSTOP and SIGCONT; the adapter installed no handler that interrupts system calls)"
}

// taken waits until the operation thread has taken the signal that interrupts it: on
// a busy machine it may have to wait for a processor first.
func (p *Process) taken() {
	const untaken = 100 * time.Millisecond // a thread that blocks the signal for so long means to
	thread, known := p.agent.OperationThread()
	for began := time.Now(); known; time.Sleep(100 * time.Microsecond) {
		s := proc.ReadStatus(thread)
		switch waits := time.Since(began); {
		case !proc.Has(s.Pending, syscall.SIGUSR1):
			return
		case waits > untaken && proc.Has(s.Blocked, syscall.SIGUSR1):
			p.world.Unobserved("no signal reaches the operation of %s: its thread blocks SIGUSR1, so that none of its system calls is interrupted", p.Name())
		case waits > p.world.spec.suite.patience():
			p.world.Inconclusive("%s has not taken a signal within %v: repeat it on a machine that is less busy", p.Name(), waits.Round(time.Second))
		}
	}
}

// Interrupted expects that its adapter let the process be interrupted by signals: what
// was looked at during others says nothing of a wait that is.
func (p *Process) Interrupted() {
	if !p.Interrupts() {
		p.world.Skip("the adapter of %s installed no handler for SIGUSR1, or does not say which thread does the operations (hello: interrupts, thread), so that no system call could be interrupted", p.Name())
	}
}

// How often a call must be found asleep after its time limit, and for how long it is
// interrupted at most.
const (
	timesAsleep = 8
	interrupted = 30 * time.Second
)

// Outlasts interrupts the call, which may wait for so long, now and again until it
// has returned, and reports whether it was found asleep again and again after that
// time. A call that is late because it waits for a processor does not sleep.
func (c *Call) Outlasts(limit time.Duration) bool {
	w, p := c.process.world, c.process
	var waits time.Time // since when, at the latest
	found := 0
	for began := time.Now(); found < timesAsleep && time.Since(began) < interrupted; {
		asleep, _ := p.agent.Asleep(w.ctx)
		_, resting := turns(w.helpers())
		switch {
		case c.Returned():
			return false
		case !asleep || !resting:
		case waits.IsZero():
			waits = time.Now()
		case time.Since(waits) > 2*limit:
			found++
		}
		if p.Interrupts() {
			p.Interrupt()
		} else {
			p.Signal(syscall.SIGSTOP)
			p.Signal(syscall.SIGCONT)
		}
	}
	return found == timesAsleep
}

// Sleeps expects that the call, which waits, leaves the processor to others. Where
// that cannot be seen, the requirement is skipped.
func (c *Call) Sleeps(format string, args ...any) {
	w := c.process.world
	c.Blocks(format, args...)
	switch rests, sure := c.process.agent.Rests(w.ctx); {
	case rests:
	case c.process.agent.Hello().Thread == nil:
		w.Skip("hello of %s does not say which of its threads does the operations, so whether it sleeps cannot be seen", c.process.Name())
	case !sure:
		w.Inconclusive("whether %s sleeps could not be seen", c.process.Name())
	default:
		c.StillBlocked(format, args...)
		where := c.process.agent.Where()
		w.Fail("%s waits without sleeping: it kept using the processor, or being woken (%s)", c.process.Name(), where.Where)
	}
	c.StillBlocked(format, args...)
}
