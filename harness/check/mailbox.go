package check

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// CreateOwned makes a mailbox that is owned by the process.
func (p *Process) CreateOwned(name string, shape QueueShape) (*Queue, error) {
	q := &Queue{process: p, handle: p.handle("q"), Name: name, words: p.world.words()}
	_, err := p.do(protocol.Request{
		Op: protocol.OpMailboxCreate, Object: q.handle, Name: name, Owned: true,
		Capacity: &shape.Capacity, ItemMax: &shape.ItemMax,
	})
	if err != nil {
		return nil, err
	}
	p.objects[name] = q.words.family
	return q, nil
}

// BeginPriority starts to send a message of that priority.
func (q *Queue) BeginPriority(message []byte, priority int64, wait subject.Wait) *Call {
	text, wire := encode(message), protocol.WireWait(wait)
	return q.process.begin(protocol.Request{Op: q.words.put, Object: q.handle, Data: &text, Wait: &wire, Priority: &priority})
}

// PutAs sends a message under the name of another process, and reports whether
// the subject has an operation for that.
func (q *Queue) PutAs(message []byte, pid int, wait subject.Wait) (offered bool, err error) {
	text, wire, id := encode(message), protocol.WireWait(wait), int64(pid)
	c := q.process.begin(protocol.Request{Op: q.words.put, Object: q.handle, Data: &text, Wait: &wire, PID: &id})
	if c.unsupported() {
		return false, nil
	}
	_, err = c.Return()
	return true, err
}

// GetFrom receives a message and says which process sent it.
func (q *Queue) GetFrom(wait subject.Wait) (message []byte, pid int, err error) {
	wire := protocol.WireWait(wait)
	c := q.process.begin(protocol.Request{Op: q.words.get, Object: q.handle, Wait: &wire, Identify: true})
	reply, err := c.Return()
	if err != nil {
		return nil, 0, err
	}
	message, err = q.process.decode(c.call.Request.Op, reply)
	return message, int(*reply.PID), err
}

// HandOver makes another process the mailbox's owner.
func (q *Queue) HandOver(to *Process) error {
	id := int64(to.WorldPID())
	_, err := q.process.do(protocol.Request{Op: protocol.OpMailboxHandOver, Object: q.handle, PID: &id})
	return err
}

// WorldPID is the process id as the processes of the world see it.
func (p *Process) WorldPID() int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		panic(kitError{fmt.Errorf("find %s's process id: %w", p.Name(), err)})
	}
	for line := range strings.Lines(string(b)) {
		if ids, ok := strings.CutPrefix(line, "NSpid:"); ok {
			fields := strings.Fields(ids) // from the kit's namespace to its own
			if n, err := strconv.Atoi(fields[len(fields)-1]); err == nil {
				return n
			}
		}
	}
	return p.PID()
}

// Cancel ends the operation that the process is in, if it is in one.
func (p *Process) Cancel() {
	if _, err := p.agent.Cancel(p.world.ctx); err != nil {
		p.world.broken(p.Name(), protocol.OpCancel, err)
	}
}

// unsupported waits for the answer and reports whether it says that the subject
// has no such operation. One that does not come is for Return to tell.
func (c *Call) unsupported() bool {
	if c.process.world.watch(c.call) != "" {
		return false
	}
	_, err := c.call.Reply()
	return errors.As(err, new(*protocol.Unsupported))
}
