package explore

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A breakdown is an operation that ends its agent, or does not end, while no
// other is in flight: interleavings would show nothing more. Its fate is
// Crashes or Hangs.
type breakdown struct {
	fate Fate
	how  string // "put(1) of A never ends: …"
}

func (b *breakdown) Error() string { return b.how }

// How long what must come back by itself is waited for. Neither is a limit of
// time alone, in which an agent may just not have had the processor.
const (
	setupActive = 2 * time.Second // of processor time, without an answer
	setupAsleep = 5 * time.Second // all of its threads asleep, each time they were looked at
	setupLook   = 20 * time.Millisecond
)

// must does an operation that need not wait for the other agent. Errors: *breakdown,
// errSilent where it is not known what the agent does.
func (p *tracee) must(r protocol.Request) (protocol.Reply, error) {
	what := fmt.Sprintf("%s of %s", Describe(r), p.name)
	began, used := time.Now(), proc.ThreadTime(p.pid, p.tid)
	awake := began
	reply, err := p.do(r, setupLook)
	for errors.Is(err, errSilent) {
		now := time.Now()
		if !p.allAsleep() {
			awake = now
		}
		switch {
		case time.Duration(proc.ThreadTime(p.pid, p.tid)-used) > setupActive:
			return reply, &breakdown{Hangs, fmt.Sprintf("%s never ends: it used the processor for %v", what, setupActive)}
		case now.Sub(awake) > setupAsleep:
			return reply, &breakdown{Hangs, fmt.Sprintf("%s never ends: the agent has been asleep for %v", what, setupAsleep)}
		case now.Sub(began) > setupLimit:
			return reply, err
		}
		reply, err = p.reply(setupLook)
	}
	if errors.Is(err, errGone) && p.diedAlone() {
		err = &breakdown{Crashes, fmt.Sprintf("%s ends the agent: %s", what, p.exited())}
	}
	return reply, err
}

// allAsleep reports whether every thread of the agent sleeps.
func (p *tracee) allAsleep() bool {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.pid))
	for _, thread := range threads {
		if tid, err := strconv.Atoi(thread.Name()); err != nil || proc.ThreadState(p.pid, tid) != 'S' {
			return false
		}
	}
	return err == nil && len(threads) > 0
}

// diedAlone reports whether a dead agent ended by what it did itself: SIGKILL
// comes from others, such as a kernel that has no memory left.
func (p *tracee) diedAlone() bool {
	return p.end.Exited() || p.end.Signaled() && p.end.Signal() != unix.SIGKILL
}

// brokenDown is what broke down in a run of whole operations; nil where nothing
// did.
func (r *run) brokenDown() *breakdown {
	switch {
	case r.broken != nil:
		return r.broken
	case r.alone != "":
		return &breakdown{Crashes, r.alone}
	case r.stuck && r.endless[0] != "":
		return &breakdown{Hangs, r.endless[0]}
	case r.stuck && r.endless[1] != "":
		return &breakdown{Hangs, r.endless[1]}
	}
	return nil
}

// waiting says what waits for ever: "put(1) of A".
func (r *run) waiting() string {
	var all []string
	for i, requests := range [][]protocol.Request{r.scenario.A, r.scenario.B} {
		if r.outcome.Ends[i] == endWaits {
			all = append(all, fmt.Sprintf("%s of %s", Describe(requests[len(r.outcome.Answers[i])]), []string{A, B}[i]))
		}
	}
	return strings.Join(all, " and ")
}

// sequence does whole operations one after the other, up to their end. What
// breaks down then, twice, is put into the search's result, and false returned.
func (x *search) sequence(s *Scenario, order []int) (*run, bool, error) {
	var first *breakdown
	for {
		r := &run{tracer: x.tracer, scenario: s, order: order}
		if err := r.execute(); err != nil {
			return nil, false, err
		}
		b := r.brokenDown()
		switch {
		case b == nil && first == nil && r.unreachable == "" && r.crashed == "":
			return r, true, nil
		case b != nil && first == nil:
			first = b
			continue
		case b != nil && first.fate == b.fate:
			x.result.Broken, x.result.Unreachable = b.fate, "already one operation after the other, "+b.how
		case first != nil:
			x.result.Unreachable = "one operation after the other, but only once: " + first.how
		default:
			x.result.Unreachable = cmp.Or(r.unreachable, "an agent ends: "+r.crashed)
		}
		return r, false, nil
	}
}

// standsAt says where a stopped agent is in its source, as far as it is known.
func (p *tracee) standsAt() string {
	r, err := p.registers()
	if err != nil {
		return ""
	}
	e := p.eventAt(r, Event{})
	switch {
	case e.Inside == "" && !p.where(r.pc()).Own(p.program): // somewhere in a library
	case e.File != "":
		return fmt.Sprintf(", at %s:%d", e.File, e.Line)
	case e.Function != "":
		return ", in " + e.Function
	}
	return ""
}
