package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
)

// queue gives a call its id and hands it to the writer.
func (a *Agent) queue(c *Call) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	op := c.Request.Op
	switch under := a.underWay(); {
	case a.failure != nil:
		return a.failure
	case a.leaving:
		return fmt.Errorf("%s cannot begin %s: it was told bye", a.name, op)
	case under != nil && !protocol.IsControl(op):
		return &Busy{Agent: a.name, Operation: op, Under: under.Request.Op, Since: c.Began.Sub(under.Began)}
	}
	a.lastID++
	c.Request.ID = a.lastID
	line, err := json.Marshal(c.Request)
	if err != nil {
		return fmt.Errorf("%s for %s cannot be written: %w", op, a.name, err)
	}
	if len(line) > protocol.MaxLine {
		return fmt.Errorf("%s for %s would be a line of %d bytes, the most is %d: send the payload as size and seed", op, a.name, len(line), protocol.MaxLine)
	}
	select {
	case a.send <- append(line, '\n'):
	default:
		return fmt.Errorf("%s cannot begin %s: it has not read the last %d commands", a.name, op, cap(a.send))
	}
	a.waiting[c.Request.ID] = c
	switch {
	case op == protocol.OpBye:
		a.leaving = true
	case !protocol.IsControl(op):
		a.operation = c
	}
	return nil
}

// underWay is the operation under way, or nil. The caller holds mu.
func (a *Agent) underWay() *Call {
	if a.operation == nil {
		return nil
	}
	if _, waits := a.waiting[a.operation.Request.ID]; waits {
		return a.operation
	}
	return nil
}

// write sends commands until the agent ends.
func (a *Agent) write() {
	defer a.commands.Close()
	for {
		select {
		case line := <-a.send:
			if _, err := a.commands.Write(line); err != nil {
				a.unreadable(err)
				return
			}
		case <-a.ended:
			return
		}
	}
}

// unreadable is reached when a command cannot be written: the agent closed the
// channel, or it is dying, which the reader learns of.
func (a *Agent) unreadable(err error) {
	limit := time.NewTimer(endLimit)
	defer limit.Stop()
	select {
	case <-a.ended:
	case <-a.process.Done():
	case <-limit.C:
		a.breach(nil, protocol.Violationf("keep descriptor 3 open until bye", "it closed its command channel while its process went on (%v)", err))
	}
}

// read takes replies until the agent ends or breaks the protocol.
func (a *Agent) read(in io.Reader) {
	defer a.replies.Close()
	l := newLines(in)
	for {
		line, err := l.next()
		switch {
		case errors.Is(err, errLineTooLong):
			a.breach(line, protocol.Violationf("answer with a digest, or with less", "the line is longer than %d bytes", protocol.MaxLine))
			return
		case err != nil:
			a.silent(line)
			return
		}
		if v := a.deliver(line); v != nil {
			if a.stdio {
				v.Hint += "; standard output belongs to the protocol here: print to standard error, or leave control: stdio and use descriptors 3 and 4"
			}
			a.breach(line, v)
			return
		}
	}
}

// deliver hands a reply to the call that waits for it.
func (a *Agent) deliver(line []byte) *protocol.Violation {
	r, v := protocol.ParseReply(line)
	if v != nil {
		return v
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c, expected := a.waiting[r.ID]
	if !expected {
		return a.unexpected(r.ID)
	}
	if v := r.Answers(c.Request); v != nil {
		return v
	}
	delete(a.waiting, r.ID)
	c.finish(r, r.Err())
	return nil
}

// unexpected describes a reply that nothing waits for. The caller holds mu.
func (a *Agent) unexpected(id uint64) *protocol.Violation {
	const hint = "a reply repeats the id of its request, and each request is answered once"
	for waits, c := range a.waiting {
		return protocol.Violationf(hint, "the reply has id %d, but %s with id %d is waiting for an answer", id, c.Request.Op, waits)
	}
	if id <= a.lastID {
		return protocol.Violationf(hint, "request %d has been answered already", id)
	}
	return protocol.Violationf(hint, "the reply has id %d, but nothing was asked", id)
}

// silent is reached when no more replies can come. half is what there is of a
// line.
func (a *Agent) silent(half []byte) {
	limit := time.NewTimer(endLimit)
	defer limit.Stop()
	select {
	case <-a.ended:
	case <-a.process.Done():
		d := &Died{Agent: a.name, Exit: a.process.Exit()}
		if len(half) > 0 {
			d.Half = protocol.QuoteLine(half)
		}
		a.end(d)
	case <-limit.C:
		v := protocol.Violationf("keep descriptor 4 open until bye", "it closed its reply channel while its process went on")
		if len(half) > 0 {
			v.Problem = "it closed its reply channel in the middle of a line"
			v.Hint = "end each reply with a newline; " + v.Hint
		} else {
			half = nil
		}
		a.breach(half, v)
	}
}

// end is the end of the conversation: everyone who waits is told why. What was
// said first counts. A process that broke the protocol is killed, for nothing
// that it says can be believed any more.
func (a *Agent) end(why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failure != nil {
		return
	}
	var during string
	for _, c := range a.waiting {
		during = c.Request.Op
	}
	if c := a.underWay(); c != nil {
		during = c.Request.Op
	}
	var died *Died
	var broken *Broken
	switch {
	case errors.As(why, &died):
		died.During = during
		if a.leaving && during == "" && died.Exit.OK() {
			why = fmt.Errorf("%s was told bye and has left", a.name)
		}
	case errors.As(why, &broken):
		broken.During = during
		_ = a.process.Kill()
	}
	a.failure = why
	for _, c := range a.waiting {
		c.finish(protocol.Reply{}, why)
	}
	clear(a.waiting)
	close(a.ended)
	_ = a.commands.SetWriteDeadline(time.Unix(1, 0)) // the writer may wait for an agent that no longer reads
}
