package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A Call is an operation that was sent to an agent.
type Call struct {
	Agent   *Agent
	Request protocol.Request
	Began   time.Time

	done  chan struct{}
	ended time.Time
	reply protocol.Reply
	err   error
}

// Took is how long it took from the command to the answer; it is valid once Done is
// closed.
func (c *Call) Took() time.Duration { return c.ended.Sub(c.Began) }

// Done is closed when the call has come back, or never will.
func (c *Call) Done() <-chan struct{} { return c.done }

// Reply is what came back; it is valid once Done is closed. Errors:
// *subject.Error for what the subject refused, *Unsupported for what its
// adapter does not have, *Broken, *Died, *Busy.
func (c *Call) Reply() (protocol.Reply, error) {
	select {
	case <-c.done:
		return c.reply, c.err
	default:
		return protocol.Reply{}, fmt.Errorf("%s has not answered %s yet: wait for Done before asking for the reply", c.Agent.name, c.Request.Op)
	}
}

// wait waits for the call or for the end of the context. The operation goes on
// when the context ends first.
func (c *Call) wait(ctx context.Context) (protocol.Reply, error) {
	select {
	case <-c.done:
		return c.reply, c.err
	case <-ctx.Done():
	}
	select {
	case <-c.done: // both were ready: the answer counts
		return c.reply, c.err
	default:
		return protocol.Reply{}, fmt.Errorf("%s has not answered %s after %v: %w",
			c.Agent.name, c.Request.Op, time.Since(c.Began).Round(time.Millisecond), context.Cause(ctx))
	}
}

// slow is how many times its limit an answer may take that ought to come at once,
// while its agent starves.
const slow = 6

// await waits for an answer that ought to come at once: for limit, and on while
// the agent's threads wait for a processor.
func (c *Call) await(ctx context.Context, limit time.Duration) (protocol.Reply, error) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	reply, err := c.wait(within)
	for errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && time.Since(c.Began) < slow*limit {
		starved := proc.Starved(time.Second, c.Agent.process.PID())
		select {
		case <-c.done:
			return c.reply, c.err
		default:
		}
		if !starved {
			break
		}
	}
	return reply, err
}

func (c *Call) finish(reply protocol.Reply, err error) {
	c.ended, c.reply, c.err = time.Now(), reply, err
	close(c.done)
}
