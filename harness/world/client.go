package world

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/holder"
	"github.com/ipckit/ipckit/harness/world/message"
)

// patience is how long the kit waits for the end of what was killed.
const patience = holder.Patience

// A client is the kit's end of the conversation with a holder.
type client struct {
	world *World
	conn  *message.Conn
	proc  *os.Process
	log   *os.File // what the holder printed: nothing, unless it crashed

	mu        sync.Mutex
	next      uint64
	pending   map[uint64]chan<- answer
	starting  map[uint64]string   // names of the processes being started
	processes map[uint64]*Process // live, by the request that started them
	ending    bool                // on request

	gone chan struct{} // closed when the holder and its world have ended
	err  error         // why, unless on request; valid once gone is closed
}

// An answer is a reply on its way to the caller that waits for it.
type answer struct {
	message.Reply
	fds     []int
	process *Process // to start
	err     error
}

// launch starts a holder. An error of the clone itself is what the host refused.
func launch(w *World, attr *syscall.SysProcAttr) (*client, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the socket of a holder: %w", err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "holder's socket")
	defer theirs.Close()
	conn, err := message.NewConn(os.NewFile(uintptr(pair[0]), "kit's socket"))
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("ipckit-holder", unix.MFD_CLOEXEC)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("make the log of a holder: %w", err)
	}
	log := os.NewFile(uintptr(fd), "holder's log")
	null, err := os.Open(os.DevNull)
	if err != nil {
		conn.Close()
		log.Close()
		return nil, err
	}
	defer null.Close()
	path, args, env := reexec.Args(HolderRole)
	proc, err := os.StartProcess(path, args, &os.ProcAttr{
		Env:   reexec.Environment(os.Environ(), append(env, CookieVariable+"="+w.id)...),
		Files: []*os.File{null, log, log, theirs},
		Sys:   attr,
	})
	if err != nil {
		conn.Close()
		log.Close()
		return nil, err
	}
	c := &client{world: w, conn: conn, proc: proc, log: log, pending: map[uint64]chan<- answer{}, starting: map[uint64]string{}, processes: map[uint64]*Process{}, gone: make(chan struct{})}
	go c.read()
	return c, nil
}

// call asks the holder and waits for its reply.
func (c *client) call(ctx context.Context, r message.Request, fds ...int) (answer, error) {
	got := make(chan answer, 1)
	c.mu.Lock()
	c.next++
	r.ID = c.next
	c.pending[r.ID] = got
	if r.Op == message.OpStart {
		c.starting[r.ID] = r.Start.Name
	}
	c.mu.Unlock()
	if err := c.conn.Send(r, fds); err != nil {
		c.forget(r.ID)
		<-c.gone // nothing but the holder's end breaks the socket
		return answer{}, c.failure(r.Op)
	}
	select {
	case a := <-got:
		if a.Failure != nil {
			return a, a.Failure
		}
		return a, a.err
	case <-c.gone:
		return answer{}, c.failure(r.Op)
	case <-ctx.Done():
		c.forget(r.ID)
		return answer{}, fmt.Errorf("the world's holder was asked to %s: %w", r.Op, context.Cause(ctx))
	}
}

// forget makes the reader drop a reply; what it would have started is killed.
func (c *client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
}

// failure is the error of a request to a holder that has gone.
func (c *client) failure(op message.Operation) error {
	if c.err != nil {
		return c.err
	}
	return fmt.Errorf("%s: the world has been closed", op)
}

// read takes what the holder says, until it has gone.
func (c *client) read() {
	for {
		var r message.Reply
		fds, err := c.conn.Receive(&r)
		if err != nil {
			message.CloseAll(fds)
			break
		}
		c.mu.Lock()
		if r.Exit != nil {
			p := c.processes[r.ID]
			delete(c.processes, r.ID)
			c.mu.Unlock()
			if p != nil {
				p.finish(*r.Exit)
			}
			continue
		}
		a := answer{Reply: r, fds: fds}
		if name, ok := c.starting[r.ID]; ok && r.Failure == nil {
			// Here, not by the caller: the exit may be the next message.
			pidfd := -1
			if len(fds) > 0 {
				pidfd = fds[0]
			}
			a.process = newProcess(c.world, r.ID, name, r.PID, pidfd)
			a.fds = nil
			c.processes[r.ID] = a.process
			if c.world.late.Load() { // the limit passed during the start: it was not among the live then
				a.process.blame(timeLimit(c.world.setup.Limits.Wall))
			}
		}
		delete(c.starting, r.ID)
		got := c.pending[r.ID]
		delete(c.pending, r.ID)
		c.mu.Unlock()
		switch {
		case got != nil:
			got <- a
		case a.process != nil:
			a.process.end("nothing waited for its start any more")
		default:
			message.CloseAll(a.fds)
		}
	}
	c.finish()
}

// finish follows the end of the holder: it reports the ends of all processes.
func (c *client) finish() {
	c.conn.Close()
	// A closed socket means the end; the namespace takes its time to go.
	state, err := c.await(patience)
	c.mu.Lock()
	if !c.ending {
		how := "ended in an unknown way"
		switch {
		case err != nil:
			how = err.Error()
		case state != nil:
			how = state.String()
		}
		c.err = fmt.Errorf("the holder of world %s (pid %d) died (%s), and with it every process of the world%s", c.world.id, c.proc.Pid, how, c.printed())
	}
	left, waiting := c.processes, c.pending
	c.processes, c.pending, c.starting = map[uint64]*Process{}, map[uint64]chan<- answer{}, map[uint64]string{}
	cause := c.err
	c.mu.Unlock()

	if !c.world.isolated {
		holder.Sweep(c.world.setup)
	}
	deadline := time.Now().Add(patience)
	for _, p := range left {
		ended := p.awaitPidfd(deadline)
		e := Exit{Code: -1, Signal: unix.SIGKILL}
		if cause != nil {
			e.Cause = cause.Error()
		}
		if !ended {
			e = Exit{Code: -1, Cause: fmt.Sprintf("it is still there %v after SIGKILL: traced, or in an uninterruptible system call", patience)}
		}
		p.finish(e)
	}
	for _, got := range waiting {
		got <- answer{err: c.failure("ask")}
	}
	c.log.Close()
	close(c.gone)
}

// await waits for the holder's process; it is killed first, since one whose
// socket is broken is of no use.
func (c *client) await(limit time.Duration) (*os.ProcessState, error) {
	type end struct {
		state *os.ProcessState
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		state, err := c.proc.Wait()
		ended <- end{state, err}
	}()
	grace := time.NewTimer(limit)
	defer grace.Stop()
	select {
	case e := <-ended:
		return e.state, e.err
	case <-grace.C:
	}
	_ = c.proc.Kill()
	select {
	case e := <-ended:
		return e.state, e.err
	case <-time.After(limit):
		return nil, errors.New("it does not end although killed: a process of the world is traced, or in an uninterruptible system call")
	}
}

// printed is the end of what the holder printed.
func (c *client) printed() string {
	const most = 4096
	size, err := c.log.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return ""
	}
	text := make([]byte, min(size, most))
	if _, err := c.log.ReadAt(text, size-int64(len(text))); err != nil {
		return ""
	}
	return "; it printed:\n" + strings.TrimSpace(string(text))
}

// live are the processes that the kit started and that have not ended.
func (c *client) live() map[uint64]*Process {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[uint64]*Process, len(c.processes))
	for id, p := range c.processes {
		all[id] = p
	}
	return all
}

// end ends the holder and with it the world, and returns when both have gone.
func (c *client) end(cause string) error {
	c.mu.Lock()
	c.ending = true
	c.mu.Unlock()
	for _, p := range c.live() {
		p.blame(cause)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	_, err := c.call(ctx, message.Request{Op: message.OpEnd})
	_ = c.proc.Kill() // also where it did not answer
	<-c.gone
	if c.err != nil {
		return c.err
	}
	var refused *message.Failure
	if errors.As(err, &refused) {
		return refused // something could not be ended or removed
	}
	return nil
}
