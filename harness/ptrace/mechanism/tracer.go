package mechanism

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
	"github.com/ipckit/ipckit/harness/ptrace/crash"
	"github.com/ipckit/ipckit/harness/world/proc"
)

const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK |
	unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL

// refusedStatus is the tracer's exit status when the program was not run.
const refusedStatus = 126

// Main is the tracer: it runs the command that its environment carries, and
// exits once the program and everything that it started have ended, with the
// program's own status where a signal did not end it.
func Main() {
	runtime.LockOSThread() // a tracer is a thread
	// The program runs as the same user. It must not reach the facts through
	// /proc/PID/fd, so that it cannot forge them.
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	unix.CloseOnExec(FactsFile)
	t := &tracer{
		out:     os.NewFile(FactsFile, "facts"),
		threads: map[int]*thread{},
		counts:  map[Fact]int{},
		blind:   map[string]bool{},
		passing: map[string]bool{},
	}
	var c command
	if err := json.Unmarshal([]byte(os.Getenv(CommandVariable)), &c); err != nil {
		t.refuse(fmt.Errorf("read %s: %w", CommandVariable, err))
	}
	if err := t.start(c); err != nil {
		t.refuse(err)
	}
	os.Exit(t.loop())
}

// tracer is the state of the tracing process.
type tracer struct {
	out     *os.File
	program int
	threads map[int]*thread
	counts  map[Fact]int    // by a fact without its count
	blind   map[string]bool // what was reported as not seen
	failing *Fact           // what the call that is reported failed with; nil: it did not
	passing map[string]bool // names under which a C library makes semaphores
}

// thread is one traced thread.
type thread struct {
	pid  int // of its process
	call *call
}

// call is a system call that a thread is in.
type call struct {
	pid    int
	number uint64
	args   [6]uint64
	result int64
	object string // read at entry, since the memory may change
}

func (t *tracer) refuse(err error) {
	t.write(Fact{Refused: err.Error()})
	os.Exit(refusedStatus)
}

// start starts the program and seizes it.
//
// A program that asks to be traced (PTRACE_TRACEME) has the kernel's old rules,
// under which a stopped process cannot be left stopped: programs that stop and
// continue one another would never really stop. So it is let go, stopped,
// before its first instruction, and seized.
func (t *tracer) start(c command) error {
	p, err := os.StartProcess(c.Path, c.Args, &os.ProcAttr{
		Env:   childEnviron(),
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		return startError(err)
	}
	t.program = p.Pid
	forward(p.Pid)
	if err := t.seize(p.Pid); err != nil {
		_ = unix.Kill(p.Pid, unix.SIGKILL)
		return fmt.Errorf("ptrace(PTRACE_SEIZE): %w", err)
	}
	t.threads[p.Pid] = &thread{pid: p.Pid}
	return nil
}

// forward passes on the signals by which the kit asks a program to end: the kit
// knows only the tracer.
func forward(pid int) {
	asked := make(chan os.Signal, 4)
	signal.Notify(asked, unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
	go func() {
		for s := range asked {
			_ = unix.Kill(pid, s.(syscall.Signal))
		}
	}()
}

// startError distinguishes a program that cannot be executed from a host that does
// not allow tracing: the call to ptrace is made in the child, before it executes
// the program, and both come back through the same pipe.
func startError(err error) error {
	var perr *os.PathError
	if errors.As(err, &perr) && errors.Is(err, unix.EPERM) {
		return fmt.Errorf("ptrace(PTRACE_TRACEME): %w", unix.EPERM)
	}
	return err
}

func (t *tracer) seize(pid int) error {
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, unix.WALL, nil); err != nil {
		return err
	}
	if !status.Stopped() {
		return fmt.Errorf("the program did not stop at its start: status %#x", status)
	}
	if err := ptrace.Request(unix.PTRACE_DETACH, pid, 0, uintptr(unix.SIGSTOP)); err != nil {
		return err
	}
	if _, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil); err != nil {
		return err
	}
	if err := ptrace.Request(unix.PTRACE_SEIZE, pid, 0, options); err != nil {
		return err
	}
	return unix.Kill(pid, unix.SIGCONT)
}

// loop follows all threads until none is left.
func (t *tracer) loop() int {
	status := refusedStatus
	continued := false
	for {
		tid, ws, err := ptrace.Await(-1)
		if err != nil { // ECHILD: nothing is left
			return status
		}
		th := t.threads[tid]
		if th == nil { // a new thread may stop before its parent's event is seen
			th = &thread{pid: threadGroup(tid)}
			t.threads[tid] = th
		}
		request, deliver := unix.PTRACE_SYSCALL, syscall.Signal(0)
		switch stop := ptrace.StopOf(ws); stop.Kind {
		case ptrace.Ended:
			delete(t.threads, tid)
			if tid == t.program {
				status = t.ended(ws)
			}
			continue
		case ptrace.SyscallStop:
			t.syscallStop(tid, th)
		case ptrace.GroupStop:
			if continued {
				request = unix.PTRACE_LISTEN // it stays stopped until SIGCONT or a kill
			}
		case ptrace.EventStop:
			t.event(tid, th, stop.Event)
		case ptrace.SignalStop:
			if stop.Signal == syscall.SIGCONT && !continued {
				continued = true // the tracer's own, which began the program
			} else {
				deliver = stop.Signal
				t.crash(tid, th, stop.Signal)
			}
		}
		_ = ptrace.Resume(request, tid, deliver)
	}
}

// crash reports where a thread stands to which a deadly signal is about to be
// delivered. An address may be one of another process, which the program got from it.
func (t *tracer) crash(tid int, th *thread, signal syscall.Signal) {
	if !crash.Deadly(signal) {
		return
	}
	var others []crash.Neighbour
	for _, pid := range proc.All() {
		if pid != th.pid && pid != os.Getpid() {
			others = append(others, crash.Neighbour{PID: pid, Name: proc.ReadStatus(pid).Name})
		}
	}
	c := crash.At(th.pid, tid, signal, others)
	t.write(Fact{PID: th.pid, Crash: &c})
}

// ended reports how the program ended, and gives the status to repeat.
func (t *tracer) ended(ws unix.WaitStatus) int {
	e := Ended{Code: -1}
	if ws.Signaled() {
		e.Signal = int(ws.Signal())
		t.write(Fact{PID: t.program, Ended: &e})
		return 128 + e.Signal
	}
	e.Code = ws.ExitStatus()
	t.write(Fact{PID: t.program, Ended: &e})
	return e.Code
}

// event notes new processes and threads.
func (t *tracer) event(tid int, th *thread, event int) {
	switch event {
	case unix.PTRACE_EVENT_FORK:
		t.report(th.pid, "fork", "")
	case unix.PTRACE_EVENT_VFORK:
		t.report(th.pid, "vfork", "")
	case unix.PTRACE_EVENT_CLONE:
		if child, err := ptrace.EventMessage(tid); err == nil && threadGroup(int(child)) == th.pid {
			t.report(th.pid, "pthread_create", "")
		} else {
			t.report(th.pid, "clone", "")
		}
	case unix.PTRACE_EVENT_EXEC:
		th.call = nil
		t.report(th.pid, "exec", link(th.pid, "exe"))
	}
}

// maxFacts bounds what is remembered of a program that floods the kernel with
// ever new names.
const maxFacts = 4096

// report writes a call down at its first, second, fourth, eighth … time, so that a
// busy program does not drown the kit and a killed one loses little.
func (t *tracer) report(pid int, call, object string) {
	key := Fact{PID: pid, Call: call, Object: object}
	if t.failing != nil {
		key.Errno, key.Bytes = t.failing.Errno, t.failing.Bytes
	}
	n := t.counts[key] + 1
	if n == 1 && len(t.counts) >= maxFacts {
		t.see(fmt.Sprintf("more than %d different calls", maxFacts))
		return
	}
	t.counts[key] = n
	if n&(n-1) == 0 {
		key.Count = n
		t.write(key)
	}
}

// see reports once that something could not be looked at.
func (t *tracer) see(blind string) {
	if !t.blind[blind] {
		t.blind[blind] = true
		t.write(Fact{Blind: blind})
	}
}

func (t *tracer) write(f Fact) {
	line, _ := json.Marshal(f) // no field can fail
	_, _ = t.out.Write(append(line, '\n'))
}
