package explore

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// call takes an agent on from the entry of a system call.
func (t *turn) call(s stop) (ending, error) {
	p := t.p
	if s.call.Number() == protocol.MarkEnd {
		if g := t.goal; g != nil && g.since != nil && g.Op == p.pos && g.Access == p.count {
			if err := p.rewind(&call{number: protocol.MarkEnd}); err != nil {
				return goesOn, err
			}
			return t.withhold(), nil
		}
		t.buffer.ended()
		p.call = &call{number: protocol.MarkEnd, quiet: true}
		if err := p.resume(0); err != nil {
			return goesOn, err
		}
		if end, err := t.settle(); end != goesOn || err != nil {
			return end, err
		}
		if p.remapped || t.only {
			if err := p.stays(); err != nil {
				return goesOn, err
			}
		}
		return done, nil
	}
	c := p.newCall(s)
	p.ending = p.ending || c.ends()
	if why := p.leaves(c); why != "" {
		t.why = why
		return leaves, nil
	}
	if t.calls++; t.calls > spinCalls && !t.slice {
		t.watch = true
	}
	counted := p.rewound
	p.rewound = false
	if t.watch && c.visible() && !counted {
		at := point{Op: p.pos, Access: p.count, at: p.codeAddress(s.call.IP)}
		if t.goal != nil && at.Op == t.goal.Op && at.Access == t.goal.Access && !t.goal.Between {
			if !t.goal.there(at) {
				return strays, nil
			}
			p.rewound = true
			if err := p.rewind(c); err != nil {
				return goesOn, err
			}
			return t.withhold(), nil
		}
		if t.track != nil {
			*t.track = append(*t.track, at)
		}
		p.count++
		if t.past(at) {
			return strays, nil
		}
	}
	t.buffer.empty()
	if c.number == unix.SYS_MEMBARRIER { // a fence of the other processor too
		t.other.drain()
	}
	if c.visible() {
		t.note(p, p.event(Event{Kind: kindCall, Text: p.describe(c)}))
	}
	if p.protected && (c.shared || !c.quiet) {
		// The kernel must see the memory, or it answers EFAULT.
		if err := p.rewind(c); err != nil {
			return goesOn, err
		}
		if err := p.resume(0); err != nil {
			return goesOn, err
		}
		if err := p.toEntry(); err != nil {
			return goesOn, err
		}
	}
	p.call = c
	if err := p.resume(0); err != nil {
		return goesOn, err
	}
	if end, err := t.settle(); end != goesOn || err != nil || !t.idles(c) {
		return end, err
	}
	return t.tooLong()
}

// past reports whether the goal was passed without being reached.
func (t *turn) past(at point) bool {
	return t.goal != nil && (at.Op > t.goal.Op || at.Op == t.goal.Op && at.Access > t.goal.Access)
}

// rewind takes an agent at the entry of a system call back to before it, and
// gives it its memory.
func (p *tracee) rewind(c *call) error {
	saved, err := p.registers()
	if err != nil {
		return err
	}
	cancelled := saved
	cancelled.cancel()
	if err := p.setRegisters(cancelled); err != nil {
		return err
	}
	if err := p.resume(0); err != nil {
		return err
	}
	if s, err := p.take(0); err != nil || s.kind != stopExit {
		return errors.Join(err, p.unexpected(s, "the exit of a cancelled system call"))
	}
	if err := p.protect(false); err != nil {
		return err
	}
	saved.again(c.number)
	return p.setRegisters(saved)
}

// toEntry waits for the entry of the system call that the agent is about to make.
func (p *tracee) toEntry() error {
	for {
		s, err := p.take(0)
		if err != nil || s.kind == stopCall {
			return err
		}
		switch s.kind {
		case stopEvent:
		case stopOther:
			p.postpone(s.signal)
		default:
			return p.unexpected(s, "the entry of a system call")
		}
		if err := p.resume(0); err != nil {
			return err
		}
	}
}

func (p *tracee) unexpected(s stop, wanted string) error {
	if s.kind == stopGone {
		return errGone
	}
	return fmt.Errorf("%s stopped (kind %d, signal %d) where %s was expected", p.name, s.kind, s.signal, wanted)
}

// settle waits until the system call under way is over, or the agent sleeps
// in it. An operation that is timed sleeps until its time is up.
func (t *turn) settle() (ending, error) {
	p, c := t.p, t.p.call
	var w patience
	began := time.Now()
	for asleep := 0; ; {
		s, err := p.take(unix.WNOHANG)
		if err != nil {
			return goesOn, err
		}
		switch s.kind {
		case stopNone:
		case stopGone:
			return goesOn, errGone
		case stopExit:
			p.call = nil
			if timedOut(s) {
				t.note(p, Event{Kind: kindNote, Text: "its time is up"})
			}
			return goesOn, p.mapped(c, s)
		case stopOther, stopFault:
			if s.signal == unix.SIGURG {
				s.signal = 0
			}
			if err := p.resume(s.signal); err != nil {
				return goesOn, err
			}
			continue
		default:
			if s.group() {
				return goesOn, errStops
			}
			if err := p.resume(0); err != nil {
				return goesOn, err
			}
			continue
		}
		w.pause()
		if w.looks < 3 {
			continue
		}
		if proc.ThreadState(p.pid, p.tid) != 'S' {
			asleep = 0
			continue
		}
		if asleep++; asleep < 3 || time.Since(began) < c.patience(timed(p.script[p.pos])) {
			continue
		}
		t.note(p, Event{Kind: kindWait, Text: "sleeps in " + p.describe(c)})
		if c.certain() {
			return sleeps, nil
		}
		return waits, nil
	}
}

// timedOut reports whether a system call waited until its time limit.
func timedOut(s stop) bool { return s.call.Result() == -int64(unix.ETIMEDOUT) }

// mapped looks at what is mapped again after a call that may have changed it.
func (p *tracee) mapped(c *call, s stop) error {
	if !c.maps() || s.call.Result() < 0 && s.call.Result() > -4096 {
		return nil
	}
	p.remapped = true
	if err := p.look(); err != nil {
		return err
	}
	if err := p.shares(); err != nil {
		return err
	}
	if p.protected {
		p.protected = false
		return p.protect(true)
	}
	return nil
}
