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
	// /proc/PID/fd, so that nobody can forge them.
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
	blind   map[string]bool // what was told as not seen
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

// forward passes on the signals by which the kit asks a program to end: whoever
// started the tracer knows only the tracer.
func forward(pid int) {
	asked := make(chan os.Signal, 4)
	signal.Notify(asked, unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
	go func() {
		for s := range asked {
			_ = unix.Kill(pid, s.(syscall.Signal))
		}
	}()
}

// startError tells a program that cannot be executed from a host that does not
// allow tracing: the call to ptrace is made in the child, before it executes
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
		tid, ws, err := wait()
		if err != nil { // ECHILD: nobody is left
			return status
		}
		th := t.threads[tid]
		if th == nil { // a new one may stop before its parent's event is told
			th = &thread{pid: threadGroup(tid)}
			t.threads[tid] = th
		}
		switch {
		case ws.Exited() || ws.Signaled():
			delete(t.threads, tid)
			if tid == t.program {
				status = t.ended(ws)
			}
		case !ws.Stopped():
		case ws.StopSignal() == syscall.SIGTRAP|0x80:
			t.syscallStop(tid, th)
			goOn(tid, 0)
		case int(ws)>>16 == unix.PTRACE_EVENT_STOP:
			if groupStop(ws.StopSignal()) && continued {
				listen(tid)
			} else {
				goOn(tid, 0)
			}
		case int(ws)>>16 != 0:
			t.event(tid, th, int(ws)>>16)
			goOn(tid, 0)
		case ws.StopSignal() == syscall.SIGCONT && !continued:
			continued = true // our own, which began the program
			goOn(tid, 0)
		default:
			goOn(tid, ws.StopSignal())
		}
	}
}

func groupStop(s syscall.Signal) bool {
	return s == syscall.SIGSTOP || s == syscall.SIGTSTP || s == syscall.SIGTTIN || s == syscall.SIGTTOU
}

// ended tells how the program ended, and gives the status to repeat.
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
		t.tell(th.pid, "fork", "")
	case unix.PTRACE_EVENT_VFORK:
		t.tell(th.pid, "vfork", "")
	case unix.PTRACE_EVENT_CLONE:
		if child, err := ptrace.EventMessage(tid); err == nil && threadGroup(int(child)) == th.pid {
			t.tell(th.pid, "pthread_create", "")
		} else {
			t.tell(th.pid, "clone", "")
		}
	case unix.PTRACE_EVENT_EXEC:
		th.call = nil
		t.tell(th.pid, "exec", link(th.pid, "exe"))
	}
}

// maxFacts bounds what is remembered of a program that floods the kernel with
// ever new names.
const maxFacts = 4096

// tell reports a call at its first, second, fourth, eighth … time, so that a
// busy program does not drown the kit and a killed one loses little.
func (t *tracer) tell(pid int, call, object string) {
	key := Fact{PID: pid, Call: call, Object: object}
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
