package ptrace

import (
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// A StopKind is why a wait for a traced thread returned.
type StopKind int

const (
	Ended       StopKind = iota // the thread has ended: no stop
	SyscallStop                 // at the entry or the exit of a system call: see [SyscallInfo]
	EventStop                   // for an event of ptrace
	GroupStop                   // the whole process was stopped by a signal
	SignalStop                  // a signal is about to be delivered
)

// A Stop is what a wait status says of a thread that was seized with
// PTRACE_O_TRACESYSGOOD.
type Stop struct {
	Kind   StopKind
	Signal syscall.Signal // of GroupStop and SignalStop
	Event  int            // of EventStop: PTRACE_EVENT_…; PTRACE_EVENT_STOP is a new thread, or one that was interrupted
}

// stopSignals stop a process.
var stopSignals = []syscall.Signal{unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU}

// Stops reports whether a signal stops a process by default.
func Stops(s syscall.Signal) bool { return slices.Contains(stopSignals, s) }

// StopOf takes a wait status apart.
func StopOf(status unix.WaitStatus) Stop {
	if !status.Stopped() {
		return Stop{Kind: Ended}
	}
	s := Stop{Signal: status.StopSignal(), Event: int(status) >> 16}
	switch {
	case s.Signal == unix.SIGTRAP|0x80:
		s.Kind = SyscallStop
	case s.Event == unix.PTRACE_EVENT_STOP && Stops(s.Signal):
		s.Kind = GroupStop
	case s.Event != 0:
		s.Kind = EventStop
	default:
		s.Kind = SignalStop
	}
	return s
}

// Resume lets a stopped thread run on by a request such as PTRACE_SYSCALL, and
// delivers a signal first, unless it is 0. A thread that was killed meanwhile is no
// error: the next wait says so.
func Resume(request, tid int, signal syscall.Signal) error {
	if err := Request(request, tid, 0, uintptr(signal)); err != nil && err != unix.ESRCH {
		return err
	}
	return nil
}
