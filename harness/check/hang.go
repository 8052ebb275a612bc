package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// hang ends the spec because a call does not come back. What the other processes
// came to meanwhile may be the cause: one that died, or whose operation was
// refused, does no more of what the others wait for. It is reported first.
func (w *World) hang(c *Call, reason string) {
	var causes []string
	for _, p := range slices.Clone(w.processes) {
		if p == c.process || p.gone {
			continue
		}
		if text, err := p.unheard(); text != "" {
			causes = append(causes, text)
			w.blame(err)
		}
		if !p.agent.Process().Alive() {
			_, err := p.agent.Status(w.ctx)
			w.broken(p.Name(), protocol.OpStatus, err) // it crashed; a process that left is gone
		}
	}
	hung := w.hung(c, reason)
	if len(causes) > 0 {
		hung = strings.Join(causes, "; ") + "; then " + hung
	}
	w.finish(reports.Timeout, "%s", hung)
}

// hung says that a call does not come back, with where its process sleeps, and whether
// what it waits for is there: "consumer did not come back from buffer.get (asleep in
// futex(…)), though another process could get an item at once, so its wake-up was
// lost: deadlock: …".
func (w *World) hung(c *Call, reason string) string {
	w.blocked = w.blockedNow()
	text := fmt.Sprintf("%s did not come back from %s", c.process.Name(), describe(c.call.Request, protocol.Reply{}, nil))
	for _, b := range w.blocked {
		if b.Process == c.process.Name() && b.Where != "" {
			text += " (" + b.Where + ")"
		}
	}
	if w.cause != "" {
		return text + ": " + reason
	}
	if what := w.probe(c); what != "" {
		text += fmt.Sprintf(", though another process could %s at once, so its wake-up was lost", what)
		w.Cause("a wake-up was lost: another process could "+what+" at once",
			"What does the process look at before it falls asleep, can the other side act in between, and which process does it wake then?")
	}
	return text + ": " + reason
}

// unheard adds what the process's last operation came to, to the story, where the
// spec has not asked for it yet. It gives it in words where it tells of a fault: a
// refusal, but not for want of time, and steps that went wrong.
func (p *Process) unheard() (string, error) {
	c := p.last
	if c == nil || c.reported || !c.Returned() {
		return "", nil
	}
	reply, err := c.call.Reply()
	c.reported = true
	p.report(c.call.Request, reply, err)
	var refused *subject.Error
	switch {
	case errors.As(err, &refused) && refused.Kind != subject.Timeout && refused.Kind != subject.Interrupted:
		return c.refused(reply, refused), err
	case err == nil && reply.Wrong != nil && *reply.Wrong > 0:
		return fmt.Sprintf("%s: %d steps went wrong; the first: %s", p.Name(), *reply.Wrong, reply.WrongText), nil
	}
	return "", nil
}

// refusal ends the spec because of an operation that must succeed.
func (w *World) refusal(text string, err error) {
	w.blame(err)
	w.finish(reports.Fail, "%s", text)
}

// refused says what a call returned instead of success: "consumer: get returned
// too-large in the bulk transfer (item 17 of 5000)".
func (c *Call) refused(reply protocol.Reply, err error) string {
	r := c.call.Request
	if r.Op != protocol.OpWorkload {
		return fmt.Sprintf("%s: %s returned %v", c.process.Name(), r.Op, err)
	}
	var at string
	if reply.Done != nil && r.Count != nil {
		at = fmt.Sprintf("%d of %d", *reply.Done+1, *r.Count)
	}
	switch {
	case r.SizeMax != nil && at != "":
		return fmt.Sprintf("%s: %s returned %v in the bulk transfer (item %s)", c.process.Name(), r.Role, err, at)
	case at != "":
		return fmt.Sprintf("%s: workload %s returned %v in step %s", c.process.Name(), r.Role, err, at)
	}
	return fmt.Sprintf("%s: workload %s returned %v", c.process.Name(), r.Role, err)
}
