package agent

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace"
	"github.com/ipckit/ipckit/harness/world/proc"
	"github.com/ipckit/ipckit/reports"
)

// Where says what the operation under way is waiting for: "asleep in
// futex(/dev/shm/ring+168)", "running", "stopped". Where hello did not say which
// thread does the operations, the process's first thread is described, and the
// text says so.
func (a *Agent) Where() reports.Blocked {
	b := reports.Blocked{Process: a.name}
	if c := a.Pending(); c != nil {
		b.Operation, b.Seconds = c.Request.Op, time.Since(c.Began).Seconds()
	}
	select {
	case <-a.process.Done():
		b.Where = "ended: " + a.process.Exit().String()
		return b
	default:
	}
	t, known := a.thread()
	if !known {
		state, err := a.process.State()
		if err != nil || len(state.Threads) == 0 {
			b.Where = "unknown: /proc does not show it"
			return b
		}
		t = state.Threads[0]
	}
	b.Where = proc.Doing(a.process.PID(), t)
	if !known {
		b.Where += " (the first thread: hello does not say which one does the operations)"
	}
	if !ptrace.IsGo(a.process.PID()) {
		b.Threads = proc.Threads(a.process, func(other proc.Thread) bool { return other.TID == t.TID || a.controls(other) })
	}
	return b
}

// controls reports whether a thread is the one that waits for commands.
func (a *Agent) controls(t proc.Thread) bool {
	call, ok := proc.At(a.process.PID(), t)
	info, err := a.commands.Stat()
	if !ok || err != nil {
		return false
	}
	pipe, ok := info.Sys().(*syscall.Stat_t)
	return ok && call.String() == fmt.Sprintf("read(pipe:[%d])", pipe.Ino)
}

// Sleep reports whether every thread of the process is asleep in a system call
// without a time limit, so that only another process can wake it. state
// changes whenever one of its threads was scheduled. What is not known counts
// as awake.
func (a *Agent) Sleep() (state string, asleep bool) {
	s, err := a.process.State()
	if err != nil {
		return "", false
	}
	return s.Unlimited(a.process.PID())
}

// What Asleep looks at: a window of samples is quiet when the thread slept in
// all of them and was not scheduled in between.
const (
	asleepSample  = 10 * time.Millisecond
	asleepSamples = 10 // of a window
	asleepWindows = 20 // until it gives up
)

type window int

const (
	unclear window = iota
	quiet
	awake
)

// Asleep watches the operation thread and reports whether it sleeps: whether
// there is a tenth of a second in which it used no processor time. A thread
// that used some, or waited for some, in each of 20 such windows is awake. Where
// hello did not say which thread does the operations, a process all of whose
// threads sleep is asleep, and nothing else is sure.
func (a *Agent) Asleep(ctx context.Context) (asleep, sure bool) {
	busy := 0
	for range asleepWindows {
		switch a.look(ctx) {
		case quiet:
			return true, true
		case awake:
			busy++
		}
		if ctx.Err() != nil {
			return false, false
		}
	}
	return false, busy == asleepWindows
}

// look takes the samples of one window.
func (a *Agent) look(ctx context.Context) window {
	tick := time.NewTicker(asleepSample)
	defer tick.Stop()
	first, ok := a.watched()
	if !ok {
		return unclear
	}
	result := quiet
	for range asleepSamples {
		select {
		case <-ctx.Done():
			return unclear
		case <-a.process.Done():
			return unclear
		case <-tick.C:
		}
		now, ok := a.watched()
		if !ok || len(now) != len(first) {
			return unclear
		}
		for i, t := range now {
			switch before := first[i]; {
			case t.TID != before.TID:
				return unclear
			case t.State == "R" || t.CPU > before.CPU || t.Waits+t.Preempt > before.Waits+before.Preempt:
				result = awake
			case t.State != "S" && result == quiet:
				result = unclear
			}
		}
	}
	if result == awake && a.hello.Thread == nil {
		return unclear // it may be any of the other threads
	}
	return result
}

// watched are the threads that Asleep looks at.
func (a *Agent) watched() ([]proc.Thread, bool) {
	if a.hello.Thread != nil {
		t, ok := a.thread()
		return []proc.Thread{t}, ok
	}
	state, err := a.process.State()
	return state.Threads, err == nil && len(state.Threads) > 0
}
