// Package agent runs a subject in processes of its own and talks to them: it is
// the kit's end of the conversation that package protocol describes.
package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/proc"
	"github.com/ipckit/ipckit/reports"
)

// Time limits. They are far above what a loaded machine needs: they bound how
// long a misbehaving agent is waited for, and decide nothing else.
const (
	helloLimit = 20 * time.Second // from start to the answer to hello
	byeLimit   = 20 * time.Second // for the answer to bye, and again for the exit
	endLimit   = 20 * time.Second // from a closed channel to the process's end
	killLimit  = 30 * time.Second // from SIGKILL to the process's end
)

// An Agent is a running process that hosts a subject. Its methods may be
// called from any goroutine.
type Agent struct {
	name    string
	client  *protocol.Client
	process *world.Process
	outputs []*output
	hello   protocol.Reply

	commands *os.File
	replies  *os.File
	send     chan []byte

	mu        sync.Mutex
	waiting   map[uint64]*Call // by request id
	operation *Call            // the last operation begun
	leaving   bool             // bye was sent
	failure   error            // why nothing more can be asked
	ended     chan struct{}    // closed when failure is set
}

// Start starts an agent in a world, under a name that says its role there, and
// says hello to it. Errors: *Died, *protocol.Broken, and
// context.DeadlineExceeded where the agent does not answer; each includes what the
// agent printed.
func Start(ctx context.Context, w *world.World, l Launcher, name string) (*Agent, error) {
	a := &Agent{
		name: name, client: protocol.NewClient(l.Stdio),
		send:    make(chan []byte, 64),
		waiting: map[uint64]*Call{},
		ended:   make(chan struct{}),
	}
	if err := a.start(ctx, w, l); err != nil {
		return nil, fmt.Errorf("cannot start %s, an agent of %s: %w", name, l.Name, err)
	}
	if err := a.greet(ctx, w, l.Markers); err != nil {
		_ = a.Kill()
		return nil, &Unstarted{Output: a.Output(), err: fmt.Errorf("agent of %s: %w%s", l.Name, err, a.lastWords())}
	}
	return a, nil
}

// start makes the channels and the process.
func (a *Agent) start(ctx context.Context, w *world.World, l Launcher) (err error) {
	var opened []*os.File
	var theirCommands, theirReplies *os.File
	defer func() {
		if err != nil {
			opened = append(opened, a.commands, a.replies)
			for _, o := range a.outputs {
				o.close()
			}
		}
		for _, f := range opened {
			if f != nil {
				_ = f.Close()
			}
		}
	}()
	if a.commands, theirCommands, err = newPipe(true); err != nil {
		return err
	}
	opened = append(opened, theirCommands)
	if a.replies, theirReplies, err = newPipe(false); err != nil {
		return err
	}
	opened = append(opened, theirReplies)

	c := world.Command{
		Name: a.name, Path: l.Path, Args: l.arguments(), Env: l.environment(), Dir: l.Dir, Far: l.Far, User: l.User,
		OutputLimit: outputLimit,
	}
	if l.Path == reexec.Self {
		c.Slack = runtimeSlack
	}
	streams := []string{"stdout", "stderr"}
	if l.Stdio {
		c.Stdin, c.Stdout = theirCommands, theirReplies
		streams = streams[1:]
	} else {
		c.Files = []*os.File{theirCommands, theirReplies}
	}
	for _, stream := range streams {
		o, err := newOutput(w.Dir(), a.name, stream)
		if err != nil {
			return err
		}
		a.outputs = append(a.outputs, o)
		if stream == "stdout" {
			c.Stdout = o.file
		} else {
			c.Stderr = o.file
		}
	}
	if a.process, err = w.Start(ctx, c); err != nil {
		return err
	}
	in := &source{pipe: a.replies}
	go a.write()
	go a.read(in)
	go func() {
		<-a.process.Done()
		in.halt()
		for _, o := range a.outputs {
			o.close()
		}
	}()
	return nil
}

// greet says hello and checks what the agent says of itself.
func (a *Agent) greet(ctx context.Context, w *world.World, markers bool) error {
	reply, err := a.Begin(protocol.Hello(w.ID(), markers)).await(ctx, helloLimit)
	if errors.Is(err, context.DeadlineExceeded) {
		from, to := a.client.Channels()
		return fmt.Errorf("%w (it must read a line from %s, answer with a line on %s, and flush after each)", err, from, to)
	}
	if err != nil {
		return err
	}
	a.hello = reply
	if t := reply.Thread; t != nil {
		if a.process.Lacks(ctx, *t) {
			a.breach(protocol.Violationf("thread is what gettid answers in the thread that does the operations; leave it out if it is not known",
				"hello says that its operation thread is %d, but the process has no such thread", *t))
			return a.why()
		}
	}
	return nil
}

// breach ends the conversation because of a violation.
func (a *Agent) breach(v *protocol.Violation) {
	a.end(&protocol.Broken{Agent: a.name, Violation: *v})
}

// why is the reason that nothing more can be asked.
func (a *Agent) why() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failure
}

// lastWords is the end of what the agent printed, for errors before it can be
// asked.
func (a *Agent) lastWords() string {
	var said string
	for _, o := range a.Output() {
		text := strings.TrimSpace(o.Text)
		if text == "" {
			continue
		}
		const most = 10
		if l := strings.Split(text, "\n"); len(l) > most {
			text = "…\n" + strings.Join(l[len(l)-most:], "\n")
		}
		said += "\non " + o.Stream + ":\n" + text
	}
	return said
}

// Name is the agent's role in the world.
func (a *Agent) Name() string { return a.name }

// Hello is what the agent said of itself.
func (a *Agent) Hello() protocol.Reply { return a.hello }

// Process is the agent's process.
func (a *Agent) Process() *world.Process { return a.process }

// Begin sends an operation and returns at once. An agent does one operation at
// a time: while one is under way, the call of another fails with *Busy. The
// request's id is set here.
func (a *Agent) Begin(r protocol.Request) *Call {
	c := &Call{Agent: a, Request: r, Began: time.Now(), done: make(chan struct{})}
	if err := a.queue(c); err != nil {
		c.finish(protocol.Reply{}, err)
	}
	return c
}

// Pending is the operation under way, or nil.
func (a *Agent) Pending() *Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.underWay()
}

// Do sends an operation and waits for its reply. When the context ends first
// the operation is still under way.
func (a *Agent) Do(ctx context.Context, r protocol.Request) (protocol.Reply, error) {
	return a.Begin(r).wait(ctx)
}

// Status asks what the agent is doing. It is answered whatever the operation
// thread does.
func (a *Agent) Status(ctx context.Context) (protocol.Reply, error) {
	return a.Do(ctx, protocol.Request{Op: protocol.OpStatus})
}

// Cancel asks the agent to end the operation under way, whose call then comes
// back with subject.Interrupted. Without an operation it does nothing.
func (a *Agent) Cancel(ctx context.Context) (protocol.Reply, error) {
	return a.Do(ctx, protocol.Request{Op: protocol.OpCancel})
}

// Bye ends the agent in order: it answers and exits with status 0. One that
// does not is killed, and the error says what it did instead: *Died, *protocol.Broken,
// *Stayed, or the context's error.
func (a *Agent) Bye(ctx context.Context) error {
	if _, err := a.Begin(protocol.Request{Op: protocol.OpBye}).await(ctx, byeLimit); err != nil {
		var died *Died
		if errors.As(err, &died) && died.During == protocol.OpBye && died.Exit.OK() {
			err = &protocol.Broken{Agent: a.name, During: protocol.OpBye,
				Violation: *protocol.Violationf("answer ok, flush, then exit with status 0", "it exited without an answer to bye")}
		}
		_ = a.Kill()
		return err
	}
	if began := time.Now(); !a.leaves() {
		_ = a.Kill()
		return &Stayed{Agent: a.name, After: time.Since(began).Round(time.Millisecond)}
	}
	<-a.ended
	if exit := a.process.Exit(); !exit.OK() {
		return &Died{Agent: a.name, Exit: exit, During: protocol.OpBye}
	}
	return nil
}

// leaves reports whether the agent ends after bye, by itself.
func (a *Agent) leaves() bool {
	limit := byeLimit
	for began := time.Now(); ; limit = 0 {
		select {
		case <-a.process.Done():
			return true
		case <-time.After(limit):
			if time.Since(began) > slow*byeLimit || !proc.Starved(time.Second, a.process.PID()) {
				return !a.process.Alive()
			}
		}
	}
}

// Kill ends the agent by SIGKILL and waits until it is gone. One that is gone
// already is no error.
func (a *Agent) Kill() error {
	if err := a.process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", a.name, err)
	}
	limit := time.NewTimer(killLimit)
	defer limit.Stop()
	select {
	case <-a.process.Done():
	case <-limit.C:
		return fmt.Errorf("%s has not ended %v after SIGKILL: look for a process in uninterruptible sleep, pid %d", a.name, killLimit, a.process.PID())
	}
	<-a.ended // what it had answered is read by now
	return nil
}

// Output is the end of what the agent printed on standard output and standard
// error, up to 16 KiB of each; nothing that is empty.
func (a *Agent) Output() []reports.Output {
	var all []reports.Output
	for _, o := range a.outputs {
		if out := o.read(); out.Text != "" {
			all = append(all, out)
		}
	}
	return all
}
