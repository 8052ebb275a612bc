package explore

import (
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// An ending is why a turn is over.
type ending int

const (
	goesOn  ending = iota // it is not
	done                  // the operations are
	reached               // the switch point
	sleeps                // asleep until the other agent does something
	waits                 // asleep, perhaps for a reason of its own
	spins                 // polls memory that does not change
	dies                  // the agent has ended
	strays                // it did not come by the switch point as it did before
	leaves                // it cannot be followed
)

// waiting reports whether the other agent must go on for this one to.
func (e ending) waiting() bool { return e == sleeps || e == waits || e == spins }

// A point is where an agent can be switched away from: before its Access'th
// access of its Op'th operation, both counted from 0; or, between, after the
// read of that access and before its write.
type point struct {
	Op      int  `json:"op"`
	Access  int  `json:"access"`
	Between bool `json:"between,omitempty"`
	at      codeAddress

	// since is the first of the stores that are still in the agent's store
	// buffer when it is switched away from; nil where it is empty.
	since *point
}

// there reports whether a point is at the same instruction, as far as the goal's
// is known.
func (p *point) there(at point) bool { return p.at == codeAddress{} || p.at == at.at }

// A turn is a stretch of one agent alone.
type turn struct {
	p     *tracee
	other *tracee
	goal  *point   // where to stop; nil: nowhere
	track *[]point // collects points
	log   *[]Event // collects what is done
	watch bool     // see every access
	only  bool     // one operation, not all
	slice bool     // give up the processor after a while, watched or not

	lull    lull   // since its last access
	busy    bool   // it had the processor for as long as it was waited for
	endless string // that it goes on with neither an access nor a system call, and where

	buffer *storeBuffer // follows its stores

	unchanged int         // accesses in a row that changed nothing
	calls     int         // system calls of this turn
	signal    unix.Signal // to deliver with the next resumption
	why       string      // of leaves
}

const (
	spinAccesses = 100 // in a row without a change are a spin
	spinCalls    = 60  // system calls after which a turn is looked at closely

	// A turn that is not watched is, once it takes this long, since it may spin.
	closely = 3 * time.Millisecond
	// A watched one that neither accesses anything nor calls the system for as
	// long, and had the processor for as long, has no end.
	endless       = 500 * time.Millisecond
	endlessActive = 100 * time.Millisecond
	// sliceActive is what a turn gets that may spin with good reason.
	sliceActive = 10 * time.Millisecond
)

// run runs the agent's operations until the turn ends. An error is one of the
// explorer, or of an agent that breaks the protocol.
func (t *turn) run() (ending, error) {
	p := t.p
	t.drain()
	for p.pos < len(p.script) {
		if !p.within {
			if err := p.begin(p.script[p.pos]); err != nil {
				return t.failed(err)
			}
			p.within, p.count = true, 0
			p.entered, p.remapped = slices.Clone(p.regions), false
		}
		end, err := t.operate()
		if err != nil {
			return t.failed(err)
		}
		if end != done {
			return end, nil
		}
		reply, err := p.finish()
		if err != nil {
			return t.failed(err)
		}
		p.answers = append(p.answers, answerOf(reply))
		t.note(p, Event{Kind: kindReply, Text: Describe(p.script[p.pos]) + " = " + answerOf(reply)})
		p.pos, p.within = p.pos+1, false
		if t.only {
			return done, nil
		}
	}
	return done, nil
}

// failed tells the end of an agent apart from an error.
func (t *turn) failed(err error) (ending, error) {
	var refused *Refused
	switch {
	case errors.Is(err, errStops), errors.As(err, new(unfollowed)):
		t.why = err.Error()
		return leaves, nil
	case t.p.state == dead && t.p.protected && !t.p.ending && t.p.end.Signal() != unix.SIGKILL:
		t.why = "another thread of the agent touches the memory that its operations share, or ends it"
		return leaves, nil
	case errors.Is(err, errGone) || t.p.state == dead:
		t.p.state = dead
		t.note(t.p, Event{Kind: kindNote, Text: t.p.exited()})
		return dies, nil
	case errors.As(err, &refused):
		t.why = refused.Reason
		return leaves, nil
	}
	return goesOn, err
}

// operate runs the operation under way to its end.
func (t *turn) operate() (ending, error) {
	p := t.p
	if p.call != nil {
		if end, err := t.settle(); end != goesOn || err != nil {
			return end, err
		}
	}
	for {
		if err := p.protect(t.watch); err != nil {
			return goesOn, err
		}
		s, err := t.follow()
		if err != nil {
			return goesOn, err
		}
		end := goesOn
		switch s.kind {
		case stopNone:
			end, err = t.overdue()
		case stopGone:
			return goesOn, errGone
		case stopEvent:
			if s.group() {
				return goesOn, errStops
			}
		case stopCall:
			end, err = t.call(s)
		case stopFault:
			end, err = t.fault(s)
		case stopOther:
			if s.signal != unix.SIGURG { // the Go runtime's, which sends it again
				t.signal = s.signal
			}
		}
		if end != goesOn || err != nil {
			return end, err
		}
	}
}

// next waits for the next stop; stopNone means that the turn takes too long.
func (t *turn) next() (stop, error) {
	p := t.p
	limit, active := closely, time.Duration(0)
	switch {
	case t.slice:
		limit, active = sliceActive, sliceActive
	case t.watch:
		limit, active = endless, endlessActive
	}
	var w patience
	var began time.Time
	used := int64(0)
	for {
		s, err := p.take(unix.WNOHANG)
		if s.kind != stopNone || err != nil {
			return s, err
		}
		if w.pause(); w.looks < 4 { // one that spins uses up its time slice with each
			continue
		}
		now := time.Now()
		if began.IsZero() {
			began, used = now, proc.ThreadTime(p.pid, p.tid)
		}
		after := now.Sub(began)
		if after <= limit {
			continue
		}
		if t.busy = time.Duration(proc.ThreadTime(p.pid, p.tid)-used) >= active; t.busy || after > 20*limit {
			return stop{}, nil
		}
	}
}

// overdue looks closely at an agent that takes long.
func (t *turn) overdue() (ending, error) {
	s, err := t.p.interrupt()
	switch {
	case err != nil:
		return goesOn, err
	case s.kind == stopGone:
		return goesOn, errGone
	case s.kind == stopCall:
		return t.call(s)
	case s.kind == stopFault && t.p.protected:
		return t.fault(s)
	case s.kind == stopOther || s.kind == stopFault:
		t.signal = s.signal
	}
	if t.slice || t.watch {
		return t.tooLong()
	}
	t.watch = true
	return goesOn, nil
}

func (t *turn) note(p *tracee, e Event) {
	if t.log == nil {
		return
	}
	if e.Agent = p.name; !e.repeats(*t.log) {
		*t.log = append(*t.log, e)
	}
}

// repeats reports whether the event adds nothing to those before: that
// the agent still waits, or makes again the call in which it did.
func (e Event) repeats(log []Event) bool {
	n := len(log)
	if n == 0 || log[n-1].Agent != e.Agent || log[n-1].Kind != kindWait {
		return false
	}
	switch e.Kind {
	case kindWait:
		return log[n-1].Text == e.Text
	case kindCall:
		return n > 1 && log[n-2].Agent == e.Agent && log[n-2].Kind == kindCall && log[n-2].Text == e.Text
	}
	return false
}
