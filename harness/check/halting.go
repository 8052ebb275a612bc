package check

import (
	"errors"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace/halt"
)

// A Stepped process can be halted inside its operations. Where the host or its
// agent does not allow that, the others meet it there by chance.
type Stepped struct {
	*Process
	halter *halt.Halter // nil: it cannot be halted
	delays int          // operations of others that waited for it
}

// SteppedProcess starts a new process that hosts the subject, and that can be
// halted.
func (w *World) SteppedProcess(name string) *Stepped {
	l := w.spec.suite.Launcher
	l.Markers, l.Env = true, calm(l.Env)
	s := &Stepped{Process: w.process(name, l)}
	thread, known := s.agent.OperationThread()
	if !known {
		return s
	}
	halter, err := halt.Watch(s.PID(), thread)
	switch {
	case errors.As(err, new(*halt.Refused)):
		return s
	case err != nil:
		panic(kitError{fmt.Errorf("trace %s: %w", name, err)})
	}
	w.Cleanup(halter.Stop)
	s.halter = halter
	return s
}

// How many places an operation is halted at: each where there are few, else some
// of them, since an operation that makes many calls takes long, and each place a round.
const (
	few     = 32
	some    = 16
	chances = 12 // rounds, where it cannot be halted
)

// steps is at how many of all places an operation is halted.
func steps(all int) int {
	if all > few {
		return some
	}
	return all
}

// AtEachPlace carries out an operation of the process again and again, and halts
// it each time at another place, before or after one of its system calls. There
// meanwhile runs. It gives at how many places the process was halted, or met.
//
// round does what is needed before and after. It calls operation once, whose first
// argument begins with the operation that is halted. What another process begins
// meanwhile, and what waits for the halted one, lets that go on.
func (s *Stepped) AtEachPlace(round func(n int, operation func(do func(), meanwhile func(where string)))) (met int) {
	all := chances
	for n := 0; n < steps(all); n++ {
		h := &halting{of: s, place: n * all / steps(all)}
		round(n, func(do func(), meanwhile func(where string)) {
			h.meanwhile = meanwhile
			s.world.halting = h
			defer func() { s.world.halting = nil }()
			if s.halter != nil {
				s.halter.Arm(h.place)
			}
			do()
		})
		if h.reached {
			met++
		}
		if s.halter != nil {
			all = s.halter.Places()
		}
		if all == 0 { // no marker calls, or no call that others notice
			s.halter, all = nil, chances
		}
	}
	return met
}

// Halts reports whether the process can be halted.
func (s *Stepped) Halts() bool { return s.halter != nil }

// A halting is an operation that is to be halted, and what is done meanwhile.
type halting struct {
	of        *Stepped
	place     int
	meanwhile func(where string)
	begun     bool // the operation
	inside    bool // it is halted
	reached   bool // it was halted
}

// before is what there is to know of a process that is about to begin an operation:
// how often it had its turn, where another is halted.
func (h *halting) before(p *Process) (turns int64) {
	if h != nil && h.inside {
		turns, _, _ = p.agent.Turns()
	}
	return turns
}

// begins is reached when an operation was sent to a process.
func (h *halting) begins(c *Call, turns int64) {
	switch {
	case h == nil:
	case c.process == h.of.Process && !h.begun:
		h.begun = true
		h.halt(c)
	case h.inside && !c.comesBack(turns, h.of.patience()):
		h.of.delays++
		h.release()
	}
}

// halt waits until the operation is halted, or over, and runs what is to be done
// meanwhile.
func (h *halting) halt(c *Call) {
	w, halter := c.process.world, h.of.halter
	where := "at some moment"
	if halter != nil {
		select {
		case where = <-halter.Halted():
		case <-c.call.Done():
			halter.Disarm()
			return
		case <-time.After(w.spec.suite.patience()): // it waits for something: the watchdog says for what
			halter.Disarm()
			return
		}
		h.inside = true
		defer h.release()
	} else {
		time.Sleep(time.Duration(w.Rand.IntN(40*(h.place+1))) * time.Microsecond)
	}
	h.reached = true
	h.meanwhile(where)
}

func (h *halting) release() {
	if h.inside {
		h.inside = false
		h.of.halter.GoOn()
	}
}

// How an operation is judged to wait for the process that is halted: it is asleep
// in so many looks, or has not come back after a while.
const (
	look       = 2 * time.Millisecond
	looksAlike = 4
	awhile     = 200 * time.Millisecond
)

// patience is for how long another process is waited for: less, once some were
// seen to wait for this one.
func (s *Stepped) patience() time.Duration { return awhile / time.Duration(min(s.delays, 3)+1) }

// comesBack reports whether a call returns without another process going on; its
// process had had so many turns before.
func (c *Call) comesBack(before int64, patience time.Duration) bool {
	last, alike := before, 0
	for end := time.Now().Add(patience); time.Now().Before(end); {
		select {
		case <-c.call.Done():
			return true
		case <-time.After(look):
		}
		switch turns, asleep, known := c.process.agent.Turns(); {
		case !known:
		case !asleep || turns == before || turns != last:
			last, alike = turns, 0
		default:
			alike++
		}
		if alike >= looksAlike {
			break
		}
	}
	return c.Returned()
}
