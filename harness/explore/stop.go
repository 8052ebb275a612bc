package explore

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// A stopKind is why a traced thread stopped.
type stopKind int

const (
	stopNone  stopKind = iota // it has not
	stopCall                  // entry of a system call
	stopExit                  // exit of a system call
	stopFault                 // SIGSEGV or SIGBUS is about to be delivered
	stopStep                  // an instruction was done
	stopEvent                 // asked for by interrupt, or a group stop
	stopOther                 // another signal is about to be delivered
	stopGone                  // the thread has ended
)

// A stop is a stop of a traced thread.
type stop struct {
	kind   stopKind
	signal unix.Signal     // of stopFault and stopOther; what killed it, of stopGone
	fault  uint64          // address, of stopFault
	call   ptrace.Call     // of stopCall and stopExit
	status unix.WaitStatus // of stopGone
}

var errGone = errors.New("the agent has ended")

// errStops is the error for an agent whose threads were all stopped.
var errStops = errors.New("the agent stops itself, or is stopped, by a signal")

// group reports whether the whole process was stopped by a signal. Its other
// threads stand still then, until a SIGCONT.
func (s stop) group() bool { return s.kind == stopEvent && ptrace.Stops(s.signal) }

// take takes a stop, without waiting where flags say WNOHANG.
func (p *tracee) take(flags int) (stop, error) {
	got, status, err := ptrace.Wait(p.tid, flags)
	switch {
	case err == unix.ECHILD:
		p.state = dead
		return stop{kind: stopGone}, nil
	case err != nil:
		return stop{}, fmt.Errorf("wait for %s: %w", p.name, err)
	case got == 0:
		return stop{}, nil
	case !status.Stopped():
		p.state, p.end = dead, status
		return stop{kind: stopGone, signal: status.Signal(), status: status}, nil
	}
	p.state = stopped
	why := ptrace.StopOf(status)
	s := stop{signal: why.Signal}
	switch {
	case why.Kind == ptrace.SyscallStop:
		if s.call, err = ptrace.SyscallInfo(p.tid); err != nil {
			return p.vanished(err)
		}
		s.kind = stopExit
		if s.call.Op == ptrace.Entry {
			s.kind = stopCall
		}
	case why.Kind == ptrace.EventStop, why.Kind == ptrace.GroupStop:
		s.kind = stopEvent
	case s.signal == unix.SIGTRAP:
		s.kind = stopStep
	case s.signal == unix.SIGSEGV, s.signal == unix.SIGBUS:
		info, err := ptrace.SignalInfo(p.tid)
		if err != nil {
			return p.vanished(err)
		}
		s.kind, s.fault = stopFault, info.Address
	default:
		s.kind = stopOther
	}
	return s, nil
}

// vanished is reached when a stopped thread cannot be asked: it was killed.
func (p *tracee) vanished(err error) (stop, error) {
	if err != unix.ESRCH {
		return stop{}, fmt.Errorf("ptrace of %s: %w", p.name, err)
	}
	return p.take(0)
}

// resume lets a stopped thread run on to its next system call or fault, after
// the signal, if it is not 0.
func (p *tracee) resume(signal unix.Signal) error { return p.proceed(unix.PTRACE_SYSCALL, signal) }

// release lets a stopped thread run without stops.
func (p *tracee) release(signal unix.Signal) error { return p.proceed(unix.PTRACE_CONT, signal) }

func (p *tracee) proceed(request int, signal unix.Signal) error {
	err := ptrace.Request(request, p.tid, 0, uintptr(signal))
	if err != nil && err != unix.ESRCH { // one that was killed meanwhile reports it by its next stop
		return fmt.Errorf("ptrace of %s: %w", p.name, err)
	}
	p.state, p.ending = running, p.ending || signal != 0
	return nil
}

// step does one instruction of a stopped thread. A signal that comes instead
// is put off: nothing of the instruction has been done then.
func (p *tracee) step() error {
	for {
		if err := p.proceed(unix.PTRACE_SINGLESTEP, 0); err != nil {
			return err
		}
		s, err := p.take(0)
		switch {
		case err != nil:
			return err
		case s.kind == stopGone:
			return errGone
		case s.kind == stopStep:
			return nil
		case s.kind == stopFault:
			return fmt.Errorf("%w at %#x", errFault, s.fault)
		case s.kind == stopOther:
			p.postpone(s.signal)
		}
	}
}

// errFault is a fault of an instruction that had all its access.
var errFault = errors.New("a fault of the agent's own")

// postpone remembers a signal for the end of the operation, where it matters.
// The Go runtime sends SIGURG for its own sake, and sends it again.
func (p *tracee) postpone(s unix.Signal) {
	if s != unix.SIGURG && s != unix.SIGCONT && s != unix.SIGSTOP {
		p.late = append(p.late, s)
	}
}

// interrupt stops a thread that runs, or sleeps in a system call.
func (p *tracee) interrupt() (stop, error) {
	if err := ptrace.Request(unix.PTRACE_INTERRUPT, p.tid, 0, 0); err != nil && err != unix.ESRCH {
		return stop{}, fmt.Errorf("interrupt %s: %w", p.name, err)
	}
	return p.take(0)
}

// patience is how a stop is waited for: eagerly first, since agents share the
// explorer's processor, then with pauses.
type patience struct{ looks int }

const eagerLooks = 400

func (w *patience) pause() {
	if w.looks++; w.looks < eagerLooks {
		ptrace.Yield()
		return
	}
	time.Sleep(50 * time.Microsecond)
}
