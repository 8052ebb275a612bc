package agent

import (
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
		return fmt.Errorf("%s cannot begin %s: bye was sent to it", a.name, op)
	case under != nil && !protocol.IsControl(op):
		return &Busy{Agent: a.name, Operation: op, Under: under.Request.Op, Since: c.Began.Sub(under.Began)}
	}
	if len(a.send) == cap(a.send) {
		return fmt.Errorf("%s cannot begin %s: it has not read the last %d commands", a.name, op, cap(a.send))
	}
	id, line, err := a.client.Encode(c.Request)
	if err != nil {
		return fmt.Errorf("%s cannot begin %s: %w", a.name, op, err)
	}
	a.send <- line // it has room, and only queue fills it
	c.Request.ID = id
	a.waiting[id] = c
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
		a.breach(a.client.Unread(err))
	}
}

// read takes replies until the agent ends or breaks the protocol.
func (a *Agent) read(in io.Reader) {
	defer a.replies.Close()
	piece := make([]byte, 64<<10)
	for {
		n, err := in.Read(piece)
		a.client.Feed(piece[:n])
		if v := a.deliver(); v != nil {
			a.breach(v)
			return
		}
		if err != nil {
			a.silent()
			return
		}
	}
}

// deliver hands the replies that are whole to the calls that wait for them.
func (a *Agent) deliver() *protocol.Violation {
	for {
		r, whole, v := a.client.Next()
		if v != nil || !whole {
			return v
		}
		a.mu.Lock()
		if c, waits := a.waiting[r.ID]; waits { // until the conversation has ended
			delete(a.waiting, r.ID)
			c.finish(r, r.Err())
		}
		a.mu.Unlock()
	}
}

// silent is reached when no more replies can come.
func (a *Agent) silent() {
	limit := time.NewTimer(endLimit)
	defer limit.Stop()
	select {
	case <-a.ended:
	case <-a.process.Done():
		a.end(&Died{Agent: a.name, Exit: a.process.Exit(), Half: a.client.Half()})
	case <-limit.C:
		a.breach(a.client.Closed())
	}
}

// end ends the conversation: each call that waits fails with the reason, and the
// first reason counts. A process that broke the protocol is killed, for nothing
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
	var broken *protocol.Broken
	switch {
	case errors.As(why, &died):
		died.During = during
		if a.leaving && during == "" && died.Exit.OK() {
			why = fmt.Errorf("%s has exited after bye", a.name)
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
