package check

import (
	"context"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// probeLimit is how long a probe may take. It proves nothing by taking longer.
const probeLimit = 2 * time.Second

// A try is an operation that a probe makes without waiting, and what it can do then.
type try struct{ op, what string }

// tries are what processes wait for, by the operation or the role in a workload.
var tries = map[string]try{
	protocol.OpBufferGet: {protocol.OpBufferGet, "get an item"}, protocol.Buffer + protocol.RoleGet: {protocol.OpBufferGet, "get an item"},
	protocol.OpBufferPut: {protocol.OpBufferPut, "put an item"}, protocol.Buffer + protocol.RolePut: {protocol.OpBufferPut, "put an item"},
	protocol.OpMailboxReceive: {protocol.OpMailboxReceive, "receive a message"}, protocol.Mailbox + protocol.RoleReceive: {protocol.OpMailboxReceive, "receive a message"},
	protocol.OpMailboxSend: {protocol.OpMailboxSend, "send a message"}, protocol.Mailbox + protocol.RoleSend: {protocol.OpMailboxSend, "send a message"},
	protocol.OpLockAcquire: {protocol.OpLockAcquire, "acquire the lock"}, protocol.Lock + protocol.RoleLock: {protocol.OpLockAcquire, "acquire the lock"},
	protocol.OpSemaphoreWait: {protocol.OpSemaphoreWait, "take a permit"}, protocol.Semaphore + protocol.RoleWait: {protocol.OpSemaphoreWait, "take a permit"},
	protocol.OpRWLockRead: {protocol.OpRWLockRead, "enter as a reader"}, protocol.RWLock + protocol.RoleRead: {protocol.OpRWLockRead, "enter as a reader"},
	protocol.OpRWLockWrite: {protocol.OpRWLockWrite, "enter as a writer"}, protocol.RWLock + protocol.RoleWrite: {protocol.OpRWLockWrite, "enter as a writer"},
}

// probe looks, from a fresh process, whether what a process waits for in a call is
// there: then it was not woken. It says what the other process could do; "" where it
// could not, or where that cannot be known.
func (w *World) probe(c *Call) string {
	r := c.call.Request
	made, ok := c.process.made[r.Object]
	if !ok || w.part.host != nil || w.spec.hosts {
		return ""
	}
	family, _ := protocol.Split(made.Op)
	key := r.Op
	if r.Op == protocol.OpWorkload {
		key = family + r.Role
	}
	t, ok := tries[key]
	if !ok {
		return ""
	}
	ctx, cancel := context.WithTimeout(w.ctx, probeLimit)
	defer cancel()
	a, err := agent.Start(ctx, w.World, w.spec.suite.Launcher, "probe")
	if err != nil {
		return ""
	}
	defer func() { _ = a.Kill() }()
	if _, err := a.Do(ctx, protocol.Request{Op: protocol.Op(family, protocol.Open), Kind: made.Kind, Object: "probe", Name: made.Name}); err != nil {
		return ""
	}
	wire := protocol.WireWait(subject.Never)
	again := protocol.Request{Op: t.op, Object: "probe", Wait: &wire}
	if t.op == protocol.OpBufferPut || t.op == protocol.OpMailboxSend {
		again.Data, again.Size, again.Seed = r.Data, r.Size, r.Seed // what the other could not put
		if size := r.SizeMax; r.Op == protocol.OpWorkload {
			if size == nil {
				size = new(w.Queues().Size(8))
			}
			again.Size = size // no smaller one may fit where it did not
		}
		if again.Data == nil && again.Seed == nil {
			again.Seed = new(uint64)
		}
	}
	if _, err := a.Do(ctx, again); err != nil {
		return ""
	}
	return t.what
}
