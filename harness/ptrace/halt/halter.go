// Package halt stops an agent inside an operation, just before or just after one of
// its system calls, and lets it go on: so what another process does in between
// happens at that place, each time. The agent's operation thread is traced
// (ptrace(2), PTRACE_SYSCALL) between its marker calls; its other threads, and
// the processes that it starts, run on.
package halt

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

func (e *Refused) Error() string { return "operations cannot be halted here: " + e.Reason }

// A Halter halts one thread. Its methods may be called from any goroutine.
type Halter struct {
	pid, tid int
	tracer   int // the tracing thread
	stopping atomic.Bool
	quit     chan struct{} // closed when Stop is called
	done     chan struct{} // closed when the thread is no longer traced
	halted   chan string
	goOn     chan struct{}

	mu     sync.Mutex
	armed  bool // the next operation is the one
	at     int  // the place where it is to be halted; none: nowhere
	passed int  // places so far, of the operation that it was armed for

	inside bool // that operation; the tracing thread's own
	call   uint64
}

const none = -1

// Watch begins to trace a thread of a process, both by their ids as this process
// sees them. Errors: *Refused where the host does not allow it.
func Watch(pid, tid int) (*Halter, error) {
	h := &Halter{
		pid: pid, tid: tid, at: none,
		quit: make(chan struct{}), done: make(chan struct{}), halted: make(chan string, 1), goOn: make(chan struct{}),
	}
	began := make(chan error)
	go h.trace(began)
	return h, <-began
}

// Arm has the next operation halted at a place, counted from 0: two for each
// system call that others can see, before and after it. One that does not come
// that far is not halted.
func (h *Halter) Arm(place int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.armed, h.at, h.passed = true, place, 0
}

// Disarm has the operation not halted any more.
func (h *Halter) Disarm() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.armed, h.at = false, none
}

// Halted says where the thread stands, once it is halted: "before openat".
func (h *Halter) Halted() <-chan string { return h.halted }

// GoOn lets the halted thread run on.
func (h *Halter) GoOn() {
	select {
	case h.goOn <- struct{}{}:
	case <-h.done:
	}
}

// Places is how many there were in the operation that it was armed for.
func (h *Halter) Places() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.passed
}

// stopLimit is how long a thread that does not react is waited for.
const stopLimit = 10 * time.Second

// Stop lets the thread go, which runs on untraced.
func (h *Halter) Stop() {
	if h.stopping.Swap(true) {
		return
	}
	close(h.quit)
	for deadline := time.Now().Add(stopLimit); time.Now().Before(deadline); {
		// Any stop will do, and the signal is taken away there. The tracer may
		// be about to wait, and is interrupted until it does.
		_ = unix.Tgkill(h.pid, h.tid, unix.SIGURG)
		_ = unix.Tgkill(os.Getpid(), h.tracer, unix.SIGURG)
		select {
		case <-h.done:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// trace is the tracing thread, from the first stop to the last.
func (h *Halter) trace(began chan<- error) {
	runtime.LockOSThread() // a tracer is a thread; this one ends with its goroutine
	defer close(h.done)
	h.tracer = unix.Gettid()
	if err := h.seize(); err != nil {
		began <- err
		return
	}
	began <- nil
	for {
		_, status, err := ptrace.Await(h.tid)
		if err != nil || !status.Stopped() {
			return
		}
		request, signal := h.stop(status)
		if h.stopping.Load() || request == unix.PTRACE_DETACH {
			if signal == unix.SIGURG {
				signal = 0
			}
			_ = ptrace.Resume(unix.PTRACE_DETACH, h.tid, signal)
			return
		}
		_ = ptrace.Resume(request, h.tid, signal)
	}
}

func (h *Halter) seize() error {
	err := ptrace.Request(unix.PTRACE_SEIZE, h.tid, 0, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACEEXEC)
	if err == nil {
		err = ptrace.Request(unix.PTRACE_INTERRUPT, h.tid, 0, 0)
	}
	if reason := ptrace.Refusal(err); reason != "" {
		return &Refused{reason}
	}
	if err != nil {
		return fmt.Errorf("trace thread %d of process %d: %w", h.tid, h.pid, err)
	}
	return nil
}

// stop looks at a stop, and says how to go on.
func (h *Halter) stop(status unix.WaitStatus) (request int, signal syscall.Signal) {
	switch stop := ptrace.StopOf(status); {
	case stop.Kind == ptrace.SyscallStop:
		info, err := ptrace.SyscallInfo(h.tid)
		switch {
		case err == nil:
			h.syscall(info)
		case err != unix.ESRCH: // the kernel does not say which call it is
			return unix.PTRACE_DETACH, 0
		}
	case stop.Event == unix.PTRACE_EVENT_EXEC:
		return unix.PTRACE_DETACH, 0
	case stop.Kind == ptrace.GroupStop:
		return unix.PTRACE_LISTEN, 0 // it stays stopped until SIGCONT
	case stop.Kind == ptrace.SignalStop:
		return unix.PTRACE_SYSCALL, stop.Signal
	}
	return unix.PTRACE_SYSCALL, 0
}

// syscall looks at the entry or the exit of a system call.
func (h *Halter) syscall(info ptrace.Call) {
	when := "after"
	if info.Op == ptrace.Entry {
		h.call, when = info.Number(), "before"
	}
	switch {
	case h.call == protocol.MarkBegin && info.Op == ptrace.Entry:
		h.mu.Lock()
		h.inside, h.armed = h.armed, false
		h.mu.Unlock()
	case h.call == protocol.MarkBegin:
	case h.call == protocol.MarkEnd:
		h.inside = false
	case h.inside && !slices.Contains(quiet, h.call):
		h.pass(when + " " + ptrace.SyscallName(int(h.call)))
	}
}

// pass comes by a place, and halts there if it is the one.
func (h *Halter) pass(where string) {
	h.mu.Lock()
	here := h.passed == h.at
	h.passed++
	if here {
		h.at = none
	}
	h.mu.Unlock()
	if !here {
		return
	}
	h.halted <- where
	select {
	case <-h.goOn:
	case <-h.quit:
	}
}

// quiet are calls that no other process notices: what a run-time does by the way.
var quiet = []uint64{
	unix.SYS_FUTEX, unix.SYS_SCHED_YIELD, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_MEMBARRIER, unix.SYS_RESTART_SYSCALL,
	unix.SYS_MADVISE, unix.SYS_MPROTECT, unix.SYS_BRK, unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,
	unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_GETUID, unix.SYS_GETEUID, unix.SYS_CLOCK_GETTIME, unix.SYS_GETRANDOM, unix.SYS_TGKILL, unix.SYS_EPOLL_PWAIT,
}
