package explore

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace/source"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A tracer is the process that explores, and its two agents.
type tracer struct {
	command  command
	agents   [2]*tracee
	scenario *Scenario
	serial   int // of the run, part of its names
	runs     int
	sources  map[string]*source.File
	objects  []proc.Object // that the regions show, in the order of their creation
}

func (t *tracer) agent(name string) *tracee {
	if name == B {
		return t.agents[1]
	}
	return t.agents[0]
}

// spawnAll starts both agents, in the place of those that there were.
func (t *tracer) spawnAll() error {
	t.killAll()
	for i, name := range []string{A, B} {
		if err := t.spawn(i, name); err != nil {
			return err
		}
	}
	return nil
}

func (t *tracer) spawn(i int, name string) error {
	p, err := spawn(name, t.command)
	if err != nil {
		return err
	}
	p.decoded, p.orders, p.sources, p.objects = map[uint64]instruction{}, map[uint64]order{}, t.sources, &t.objects
	if p.program, err = os.Readlink(fmt.Sprintf("/proc/%d/exe", p.pid)); err != nil {
		return err
	}
	t.agents[i] = p
	return nil
}

func (t *tracer) killAll() {
	for i, p := range t.agents {
		if p != nil {
			p.kill()
			t.agents[i] = nil
		}
	}
}

// nameRegions numbers the objects that are mapped, by their inodes, which grow
// with their creation.
func (t *tracer) nameRegions() {
	t.objects = t.objects[:0]
	for _, p := range t.agents {
		for _, m := range p.regions {
			if !slices.Contains(t.objects, m.Object) {
				t.objects = append(t.objects, m.Object)
			}
		}
	}
	slices.SortFunc(t.objects, func(a, b proc.Object) int { return cmp.Compare(a.Inode, b.Inode) })
}

// regionName is shm where there is one region, else shm1, shm2 and so on.
func (p *tracee) regionName(m *proc.Mapping) string {
	i := slices.Index(*p.objects, m.Object)
	switch {
	case i >= 0 && len(*p.objects) == 1:
		return "shm"
	case i >= 0:
		return fmt.Sprintf("shm%d", i+1)
	}
	return "new region"
}

// pin binds this thread, and the processes that it starts from now on, to the
// processor that it is on: only one agent runs at a time, and a stop costs a
// tenth of what it does between two processors.
func pin() error {
	var allowed, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return err
	}
	cpu := currentCPU()
	for i := 0; !allowed.IsSet(cpu) && i < 1024; i++ {
		cpu = i
	}
	one.Set(cpu)
	return unix.SchedSetaffinity(0, &one)
}

func currentCPU() int {
	var cpu uint32
	if _, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&cpu)), 0, 0); errno != 0 {
		return 0
	}
	return int(cpu)
}
