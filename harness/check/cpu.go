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

// Worked is how much processor time the processes of the subject have used that are
// there now. What they wait for a processor is not in it.
func (w *World) Worked() (total time.Duration) {
	for _, p := range w.Processes() {
		if state, err := p.State(); err == nil {
			total += state.CPU()
		}
	}
	return total
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
