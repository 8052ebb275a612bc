package agent

import "time"

// A Call is an operation under way.
type Call struct {
	Agent   *Agent
	Request Request
	Began   time.Time
}

// Done is closed when the call has come back.
func (c *Call) Done() <-chan struct{} { return nil }

// Reply is what came back; valid once Done is closed.
func (c *Call) Reply() (Reply, error) { return Reply{}, errStub }
