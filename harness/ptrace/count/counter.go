package count

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/ptrace"
)

// A Refused says that this host does not let the kit trace its agents.
type Refused struct{ Reason string }

func (e *Refused) Error() string { return "system calls cannot be counted here: " + e.Reason }

// A Counter watches one thread. Its methods may be called from any goroutine.
type Counter struct {
	pid, tid int
	tracer   int // the tracing thread
	stopping atomic.Bool
	done     chan struct{} // closed when the thread is no longer traced

	mu         sync.Mutex
	operations int
	settled    int
	leftOut    int
	sites      map[site]*tally
	ended      string
	blind      string

	// The tracing thread's own.
	inside  bool
	waiting bool      // in a futex
	waited  time.Time // when the thread last came back from waiting
	calls   []site    // of the operation under way
	code    *code
}

// A site is a place that makes a system call.
type site struct{ number, ip uint64 }

type tally struct{ calls, operations int }

// Watch begins to count in a thread of a process, both by their ids as this
// process sees them. Errors: *Refused where the host does not allow it.
func Watch(pid, tid int) (*Counter, error) {
	c := &Counter{pid: pid, tid: tid, done: make(chan struct{}), sites: map[site]*tally{}}
	began := make(chan error)
	go c.trace(began)
	return c, <-began
}

// Take gives what was counted since the last Take, or since Watch. An operation
// belongs to it whole or not at all; what an agent has answered is counted.
func (c *Counter) Take() Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := Tally{Operations: c.operations, Settled: c.settled, LeftOut: c.leftOut, Ended: c.ended, Blind: c.blind}
	for s, n := range c.sites {
		t.Seen = c.code.add(t.Seen, s, n)
	}
	sortSeen(t.Seen)
	c.operations, c.settled, c.leftOut = 0, 0, 0
	clear(c.sites)
	return t
}

// stopLimit is how long a thread that does not react is waited for: one that is
// stopped by a signal does not until it is continued.
const stopLimit = 10 * time.Second

// Stop lets the thread go, which runs on untraced.
func (c *Counter) Stop() {
	c.stopping.Store(true)
	for deadline := time.Now().Add(stopLimit); time.Now().Before(deadline); {
		// Any stop will do. The signal is taken away at that stop, and harmless if
		// it comes too late.
		_ = unix.Tgkill(c.pid, c.tid, unix.SIGURG)
		// A thread that executed another program may have another id since, under
		// which the tracer does not wait: interrupted, the tracer looks again. It may have been
		// about to wait, and is interrupted until it does.
		_ = unix.Tgkill(os.Getpid(), c.tracer, unix.SIGURG)
		select {
		case <-c.done:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// trace is the tracing thread, from the first stop to the last.
func (c *Counter) trace(began chan<- error) {
	runtime.LockOSThread() // a tracer is a thread; this one ends with its goroutine
	defer close(c.done)
	c.tracer = unix.Gettid()
	if err := c.seize(); err != nil {
		began <- err
		return
	}
	c.code = newCode(c.pid)
	began <- nil
	for {
		_, status, err := ptrace.Await(c.tid)
		if err != nil || !status.Stopped() {
			c.end(err, status)
			return
		}
		request, signal := c.stop(status)
		if c.stopping.Load() || request == unix.PTRACE_DETACH {
			if signal == unix.SIGURG {
				signal = 0
			}
			_ = ptrace.Resume(unix.PTRACE_DETACH, c.tid, signal)
			return
		}
		_ = ptrace.Resume(request, c.tid, signal)
	}
}

// seize makes this thread the tracer, and stops the thread once, so that it can
// be resumed up to its next system call.
func (c *Counter) seize() error {
	const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACEEXEC
	err := ptrace.Request(unix.PTRACE_SEIZE, c.tid, 0, options)
	if err == nil {
		err = ptrace.Request(unix.PTRACE_INTERRUPT, c.tid, 0, 0)
	}
	if reason := ptrace.Refusal(err); reason != "" {
		return &Refused{reason}
	}
	if err != nil {
		return fmt.Errorf("trace thread %d of process %d: %w", c.tid, c.pid, err)
	}
	return nil
}

// stop looks at a stop, and says how to go on.
func (c *Counter) stop(status unix.WaitStatus) (request int, signal syscall.Signal) {
	switch stop := ptrace.StopOf(status); {
	case stop.Kind == ptrace.SyscallStop:
		if info, err := ptrace.SyscallInfo(c.tid); err == nil {
			c.syscall(info)
		} else if err != unix.ESRCH { // it was not killed meanwhile
			c.mu.Lock()
			c.blind = fmt.Sprintf("PTRACE_GET_SYSCALL_INFO: %v (Linux 5.3 or newer is needed)", err)
			c.mu.Unlock()
			return unix.PTRACE_DETACH, 0
		}
	case stop.Event == unix.PTRACE_EVENT_EXEC:
		c.note("executes another program")
		return unix.PTRACE_DETACH, 0
	case stop.Kind == ptrace.GroupStop:
		return unix.PTRACE_LISTEN, 0 // it stays stopped until SIGCONT
	case stop.Kind == ptrace.SignalStop:
		return unix.PTRACE_SYSCALL, stop.Signal
	}
	return unix.PTRACE_SYSCALL, 0
}

// syscall looks at the entry or the exit of a system call.
func (c *Counter) syscall(info ptrace.Call) {
	switch {
	case info.Op == ptrace.Exit:
		if c.waiting {
			c.waiting, c.waited = false, time.Now()
		}
	case info.Op != ptrace.Entry:
	case info.Number() == protocol.MarkBegin:
		c.inside, c.calls = true, c.calls[:0]
	case info.Number() == protocol.MarkEnd:
		if c.inside {
			c.inside = false
			c.operation(time.Since(c.waited) < settledWithin)
		}
	case !c.inside:
		c.waiting = info.Number() == unix.SYS_FUTEX
	case info.Number() == unix.SYS_RT_SIGRETURN, info.Number() == unix.SYS_RESTART_SYSCALL:
		// The end of a signal's handler, and a call that goes on after one.
	default:
		c.calls = append(c.calls, site{info.Number(), info.IP})
	}
}

// operation counts an operation that is over.
func (c *Counter) operation(settled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.operations++
	if settled {
		c.settled++
	}
	left := false
	for i, s := range c.calls {
		if !settled && c.code.runtime(s.ip) {
			left = true
			continue
		}
		n := c.sites[s]
		if n == nil {
			n = &tally{}
			c.sites[s] = n
		}
		n.calls++
		if !slices.Contains(c.calls[:i], s) {
			n.operations++
		}
	}
	if left {
		c.leftOut++
	}
}

func (c *Counter) end(err error, status unix.WaitStatus) {
	switch {
	case err != nil:
		c.note("is gone")
	case status.Signaled():
		c.note("was killed by " + unix.SignalName(status.Signal()))
	default:
		c.note(fmt.Sprintf("ended with status %d", status.ExitStatus()))
	}
}

func (c *Counter) note(ended string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = ended
}
