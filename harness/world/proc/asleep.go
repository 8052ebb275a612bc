package proc

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// A Process is one that can be looked at, and may end meanwhile.
type Process interface {
	PID() int // as this process sees it
	Alive() bool
	State() (State, error)
}

// Asleep reports whether every thread of a process waits in a call without a
// time limit, so that only another process can wake it. mark changes whenever
// one of its threads was scheduled. What is not known counts as awake, and so
// does a process that its own alarm might wake: among them every Go program,
// since its run-time catches all signals.
func Asleep(p Process) (mark string, asleep bool) {
	state, err := p.State()
	if err != nil || ReadStatus(p.PID()).catches(unix.SIGALRM) {
		return "", false
	}
	return state.Unlimited(p.PID())
}

// Unlimited is [Asleep] of a process whose alarms do not matter.
func (s State) Unlimited(pid int) (mark string, asleep bool) {
	var b strings.Builder
	for _, t := range s.Threads {
		call, ok := At(pid, t)
		if t.State != "S" || !ok || !call.Unlimited() {
			return "", false
		}
		fmt.Fprintf(&b, "%d:%s:%d:%d ", t.TID, t.Syscall, t.Waits, t.Preempt)
	}
	return b.String(), len(s.Threads) > 0
}

// Where says what a process does: "asleep in futex(/dev/shm/ring+168)", "running". Of
// several threads it describes the telling one, which is the first that does not wait
// for another thread of its process; see [Threads].
func Where(p Process) string {
	state, err := p.State()
	if err != nil || len(state.Threads) == 0 {
		if !p.Alive() {
			return "ended"
		}
		return "not known: /proc does not show it"
	}
	text := Doing(p.PID(), state.Threads[0])
	n := len(state.Threads)
	if n == 1 {
		return text
	}
	which := state.Threads[0].Name
	for _, t := range state.Threads[1:] {
		if !among(text) {
			break
		}
		if other := Doing(p.PID(), t); !among(other) {
			text, which = other, t.Name
		}
	}
	return fmt.Sprintf("%s (%s, one of %d threads)", text, which, n)
}

// among reports whether what a thread does is to wait for another thread of its process.
func among(doing string) bool { return strings.Contains(doing, "futex("+private+")") }

// Threads describes each thread of a process that has several, but for those that skip
// names: "thread 12, worker: asleep in mq_timedreceive(/q), the kernel's
// wq_sleep". Threads that do the same are described once.
func Threads(p Process, skip func(Thread) bool) []string {
	state, err := p.State()
	if err != nil || len(state.Threads) < 2 {
		return nil
	}
	var list, doings []string
	same := map[string]int{} // further threads, by what they do
	for _, t := range state.Threads {
		if skip(t) {
			continue
		}
		doing := Doing(p.PID(), t)
		if t.Wchan != "" && t.Syscall != "" {
			doing += ", the kernel's " + t.Wchan
		}
		if slices.Contains(doings, t.Name+doing) {
			same[t.Name+doing]++
			continue
		}
		doings = append(doings, t.Name+doing)
		list = append(list, fmt.Sprintf("thread %d, %s: %s", t.Inner, t.Name, doing))
	}
	for i, key := range doings {
		if n := same[key]; n > 0 {
			list[i] += fmt.Sprintf(" (and %d more)", n)
		}
	}
	return list
}

// Doing says what one thread of a process does.
func Doing(pid int, t Thread) string {
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
