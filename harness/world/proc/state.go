package proc

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// State is what a process is doing, as /proc shows it.
type State struct {
	Threads []Thread `json:"threads"` // by id; the first is the process's own
}

// A Thread is one thread of a process.
type Thread struct {
	TID     int           `json:"tid"`               // as the kit sees it
	Inner   int           `json:"inner"`             // as the world sees it
	Name    string        `json:"name"`              // at most 15 bytes
	State   string        `json:"state"`             // R running, S asleep, D in uninterruptible sleep, T stopped, t traced, Z ended
	Wchan   string        `json:"wchan,omitempty"`   // kernel function that it sleeps in; "" when running, or when the host does not show it
	Syscall string        `json:"syscall,omitempty"` // system call that it is in, "futex"; "" when in none, or when the host does not show it
	Number  int           `json:"number"`            // of that call; -1 with ""
	CPU     time.Duration `json:"cpu"`               // processor time so far, user and system: in nanoseconds where Precise, else in ticks of 10 ms
	Precise bool          `json:"precise"`
	Waits   uint64        `json:"waits"`     // voluntary switches: it had to wait
	Preempt uint64        `json:"preempted"` // involuntary switches: another was to run
}

// String reads "reader 123 S futex (futex_wait_queue), 1.2ms of processor time".
func (t Thread) String() string {
	text := fmt.Sprintf("%s %d %s", t.Name, t.TID, t.State)
	if t.Syscall != "" {
		text += " " + t.Syscall
	}
	if t.Wchan != "" {
		text += " (" + t.Wchan + ")"
	}
	return fmt.Sprintf("%s, %v of processor time", text, t.CPU)
}

// CPU is the processor time that the process's present threads have used.
func (s State) CPU() (total time.Duration) {
	for _, t := range s.Threads {
		total += t.CPU
	}
	return total
}

// Asleep reports that every thread of the process waits for something.
func (s State) Asleep() bool {
	for _, t := range s.Threads {
		if t.State != "S" && t.State != "D" {
			return false
		}
	}
	return len(s.Threads) > 0
}

// ReadState reads what the threads of a process are doing; depth is how many PID
// namespaces lie between this process and the one that [Thread].Inner is for.
// Reading system calls takes the right to trace the process.
func ReadState(pid, depth int) (State, error) {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	entries, err := os.ReadDir(dir) // sorted as text
	if err != nil {
		return State{}, err
	}
	var threads []Thread
	for _, e := range entries {
		tid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		t, ok := ReadThread(pid, tid, depth)
		if !ok {
			continue // ended meanwhile
		}
		if tid == pid {
			threads = append([]Thread{t}, threads...)
		} else {
			threads = append(threads, t)
		}
	}
	return State{threads}, nil
}

// ReadThread reads what one thread of a process is doing; false where it is none
// of the process's.
//
// It reads /proc/TID, which is there though no list shows it, and not
// /proc/PID/task/TID: of what is read the kernel keeps entries until the thread
// ends. Threads that remove theirs below /proc/PID hold up the process that waits
// for PID and removes the rest: it spins meanwhile, for hundreds of milliseconds
// on a loaded machine.
func ReadThread(pid, tid, depth int) (t Thread, ok bool) {
	dir := fmt.Sprintf("/proc/%d", tid)
	s := readStatus(dir)
	if s.State == "" || s.Group != pid {
		return t, false
	}
	t = Thread{TID: tid, Name: s.Name, State: s.State, Number: -1, Waits: s.Waits, Preempt: s.Preempt}
	if len(s.IDs) > depth {
		t.Inner = s.IDs[depth]
	}
	if text, err := os.ReadFile(dir + "/wchan"); err == nil && string(text) != "0" {
		t.Wchan = string(text)
	}
	// "202 0x… … sp pc", "running", or "-1 sp pc" where it waits outside of a call.
	if text, err := os.ReadFile(dir + "/syscall"); err == nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
		if n, err := strconv.Atoi(first); err == nil && n >= 0 {
			t.Number, t.Syscall = n, ptrace.SyscallName(n)
		}
	}
	t.CPU, t.Precise = processorTime(pid, tid)
	return t, true
}

// processorTime reads how long a thread has run: schedstat begins with the
// nanoseconds; a kernel without it counts ticks, in stat.
func processorTime(pid, tid int) (_ time.Duration, precise bool) {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", tid)); err == nil {
		first, _, _ := strings.Cut(string(text), " ")
		if ns, err := strconv.ParseInt(first, 10, 64); err == nil {
			return time.Duration(ns), true
		}
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/stat", pid, tid)) // /proc/TID/stat is of all threads
	if err != nil {
		return 0, false
	}
	// The name may hold blanks and parentheses: columns count from the last ")".
	columns := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(columns) < 13 {
		return 0, false
	}
	user, _ := strconv.Atoi(columns[11])
	system, _ := strconv.Atoi(columns[12])
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	return time.Duration(user+system) * tick, false
}
