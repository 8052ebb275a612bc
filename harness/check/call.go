package check

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Call is an operation under way in a process.
type Call struct {
	process  *Process
	call     *agent.Call
	reported bool
}

// Process is the one that makes the call.
func (c *Call) Process() *Process { return c.process }

// Blocks expects that the call does not return by itself. It looks for a short
// while only: a call that returns later, before anything was done that allows it,
// is caught by [Call.StillBlocked] and by what it returned.
func (c *Call) Blocks(format string, args ...any) {
	select {
	case <-c.call.Done():
	case <-time.After(settle):
		return
	}
	c.early(format, args...)
}

// StillBlocked expects that the call has not returned yet.
func (c *Call) StillBlocked(format string, args ...any) {
	select {
	case <-c.call.Done():
		c.early(format, args...)
	default:
	}
}

func (c *Call) early(format string, args ...any) {
	_, err := c.Return()
	answer := "done"
	if err != nil {
		answer = err.Error()
	}
	c.process.world.Fail("%s: %s returned at once: %s, where it must wait", fmt.Sprintf(format, args...), c.process.Name(), answer)
}

// Returned reports whether the call has returned.
func (c *Call) Returned() bool {
	select {
	case <-c.call.Done():
		return true
	default:
		return false
	}
}

// Return waits until the call returns. One that does not is a timeout, and the
// evidence says which processes are blocked where.
func (c *Call) Return() (protocol.Reply, error) {
	w := c.process.world
	if reason := w.watch(c.call); reason != "" {
		w.hang(c, reason)
	}
	reply, err := c.call.Reply()
	if !c.reported {
		c.reported = true
		if reply.Done != nil {
			w.tried.Add(*reply.Done)
		}
		c.process.report(c.call.Request, reply, err)
	}
	return reply, c.process.refusal(c.call.Request.Op, err)
}

// describe puts an operation and its answer into a line.
func describe(r protocol.Request, reply protocol.Reply, err error) string {
	s := r.Op
	if r.Role != "" {
		s += " " + r.Role
	}
	if r.Name != "" {
		s += fmt.Sprintf(" %q", r.Name)
	}
	if r.Kind != "" {
		s += " " + r.Kind
	}
	for _, n := range []struct {
		word  string
		value *int64
	}{{"size", r.Size}, {"capacity", r.Capacity}, {"item up to", r.ItemMax}, {"offset", r.Offset}, {"count", r.Count}, {"from", r.Initial}, {"at most", r.Maximum}} {
		if n.value != nil {
			s += fmt.Sprintf(", %s %d", n.word, *n.value)
		}
	}
	if r.Expected != nil {
		s += fmt.Sprintf(", if %d", *r.Expected)
	}
	if r.Value != nil {
		s += fmt.Sprintf(", %d", *r.Value)
	}
	if r.Data != nil {
		s += " " + showBase64(*r.Data)
	}
	if r.Wait != nil {
		switch v := subject.Wait(*r.Wait); v {
		case subject.Forever:
		case subject.Never:
			s += ", without waiting"
		default:
			s += fmt.Sprintf(", for at most %v", time.Duration(v))
		}
	}
	switch {
	case err != nil:
		s += " → " + err.Error()
	case reply.Data != nil:
		s += " → " + showBase64(*reply.Data)
	case reply.Swapped != nil:
		s += fmt.Sprintf(" → held %d, swapped: %t", *reply.Value, *reply.Swapped)
	case reply.Value != nil:
		s += fmt.Sprintf(" → %d", *reply.Value)
	case reply.Done != nil:
		s += fmt.Sprintf(" → %d done", *reply.Done)
		if reply.Wrong != nil && *reply.Wrong > 0 {
			s += fmt.Sprintf(", %d wrong", *reply.Wrong)
		}
	case reply.Size != nil:
		s += fmt.Sprintf(" → %d bytes", *reply.Size)
	case reply.OK:
		s += " → ok"
	}
	return s
}

// First waits until one of several calls has returned, and says which. Where none
// does, it ends the spec as [Call.Return] of the first.
func First(calls ...*Call) int {
	w := calls[0].process.world
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	cases := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(w.ctx.Done())},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ticker.C)},
	}
	others := len(cases)
	for _, c := range calls {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.call.Done())})
	}
	var rest stillness
	for end := time.Now().Add(w.spec.suite.patience()); time.Now().Before(end) && w.ctx.Err() == nil; {
		if i, _, _ := reflect.Select(cases); i >= others {
			return i - others
		}
		if rest.lasts(w) && !slices.ContainsFunc(calls, (*Call).Returned) {
			w.hang(calls[0], deadlock)
		}
	}
	_, _ = calls[0].Return()
	return 0
}
