package waiting

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world"
)

// Process reports whether every thread of a process waits in a call without a
// time limit, so that only another process can wake it. mark changes whenever
// one of its threads was scheduled. What is not known counts as awake, and so
// does a process that might be woken by its own alarm: among them every Go
// program, since its run-time catches all signals.
func Process(p *world.Process) (mark string, asleep bool) {
	state, err := p.State()
	if err != nil || len(state.Threads) == 0 || catchesAlarm(p.PID()) {
		return "", false
	}
	var b strings.Builder
	for _, t := range state.Threads {
		call, ok := At(p.PID(), t)
		if t.State != "S" || !ok || !call.Unlimited() {
			return "", false
		}
		fmt.Fprintf(&b, "%d:%s:%d:%d ", t.TID, t.Syscall, t.Waits, t.Preempt)
	}
	return b.String(), true
}

// catchesAlarm reports whether a process has a handler for SIGALRM.
func catchesAlarm(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "SigCgt:"); ok {
			mask, err := strconv.ParseUint(strings.TrimSpace(rest), 16, 64)
			return err == nil && mask>>(uint(unix.SIGALRM)-1)&1 == 1
		}
	}
	return false
}

// Where says what a process does: "asleep in futex(/dev/shm/ring+168)",
// "running". Of several threads it tells the first, and how many there are.
func Where(p *world.Process) string {
	state, err := p.State()
	if err != nil || len(state.Threads) == 0 {
		if !p.Alive() {
			return "ended"
		}
		return "not known: /proc does not show it"
	}
	text := Doing(p.PID(), state.Threads[0])
	if n := len(state.Threads); n > 1 {
		text += fmt.Sprintf(" (the first of %d threads)", n)
	}
	return text
}

// Doing says what one thread of a process does.
func Doing(pid int, t world.Thread) string {
	in := ""
	if call, ok := At(pid, t); ok {
		in = " in " + call.String()
	} else if t.Syscall != "" {
		in = " in " + t.Syscall
	} else if t.Wchan != "" {
		in = " in the kernel's " + t.Wchan
	}
	switch t.State {
	case "R":
		return "running"
	case "S":
		return "asleep" + in
	case "D":
		return "in uninterruptible sleep" + in
	case "T":
		return "stopped"
	case "t":
		return "stopped by a tracer"
	case "Z", "X":
		return "ended"
	}
	return "in state " + t.State + in
}
