package check

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPUs are those that the kit, and with it every process, may run on.
func (w *World) CPUs() []int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		panic(kitError{fmt.Errorf("sched_getaffinity: %w", err)})
	}
	var list []int
	for cpu := 0; len(list) < set.Count(); cpu++ {
		if set.IsSet(cpu) {
			list = append(list, cpu)
		}
	}
	return list
}

// Pin keeps the operations of a process on one CPU. Its other threads, which the
// kit asks how far it has come, stay free, where it is known which those are.
// Where the host refuses, the requirement is skipped.
func (p *Process) Pin(cpu int) { p.pin(cpu, p.operationThreads()) }

// PinWhole keeps all threads of a process on one CPU.
func (p *Process) PinWhole(cpu int) { p.pin(cpu, p.allThreads()) }

func (p *Process) pin(cpu int, threads []int) {
	var set unix.CPUSet
	set.Set(cpu)
	for _, tid := range threads {
		if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
			p.world.Skip("%s cannot be kept on CPU %d: sched_setaffinity: %v", p.Name(), cpu, err)
		}
	}
}

// operationThreads are the threads that may do operations: one, or all.
func (p *Process) operationThreads() (list []int) {
	if tid, known := p.agent.OperationThread(); known {
		return []int{tid}
	}
	return p.allThreads()
}

func (p *Process) allThreads() (list []int) {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.PID()))
	if err != nil {
		p.world.Inconclusive("the threads of %s cannot be listed: %v", p.Name(), err)
	}
	for _, t := range threads {
		if tid, err := strconv.Atoi(t.Name()); err == nil {
			list = append(list, tid)
		}
	}
	return list
}

// Cores is how many processor cores the kit, and with it every process, may run
// on. CPUs that share a core count as one, where the host says so.
func (w *World) Cores() int {
	cores := map[string]bool{}
	for _, cpu := range w.CPUs() {
		siblings, err := os.ReadFile(fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu))
		if err != nil {
			siblings = []byte(strconv.Itoa(cpu))
		}
		cores[strings.TrimSpace(string(siblings))] = true
	}
	return len(cores)
}

// Delayed is how long the operation thread has waited for a processor so far,
// although it could have run. Where the host does not tell, the requirement is
// skipped.
func (p *Process) Delayed() time.Duration {
	thread, known := p.agent.OperationThread()
	if !known {
		thread = p.PID()
	}
	// Nanoseconds that it ran, and that it waited; how often it ran.
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", thread))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		p.world.Skip("the kernel does not tell how long a process waited for a processor: no /proc/PID/schedstat")
	}
	ns, _ := strconv.ParseInt(fields[1], 10, 64)
	return time.Duration(ns)
}

// A Taken is what the host has taken from all processes so far.
type Taken struct {
	stolen    int64 // ticks in which a virtual machine was not run
	throttled int64 // µs in which a group of processes had used up its share
}

// Taken reads it.
func (w *World) Taken() (t Taken) {
	stat, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(stat), "\n")
	if fields := strings.Fields(line); len(fields) > 8 && fields[0] == "cpu" {
		t.stolen, _ = strconv.ParseInt(fields[8], 10, 64)
	}
	group, _ := os.ReadFile("/sys/fs/cgroup/cpu.stat")
	for line := range strings.Lines(string(group)) {
		if value, ok := strings.CutPrefix(line, "throttled_usec "); ok {
			t.throttled, _ = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		}
	}
	return t
}

// tick is the unit in which the kernel counts stolen time.
const tick = 10 * time.Millisecond

// Since is the most that may have been taken since an earlier moment, from all
// processors together.
func (t Taken) Since(earlier Taken) time.Duration {
	return time.Duration(t.stolen-earlier.stolen+1)*tick + time.Duration(t.throttled-earlier.throttled)*time.Microsecond
}
