package check

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// A Footprint is what a process holds of the system's resources.
type Footprint struct {
	Descriptors int
	Mappings    int   // shared ones only: private ones belong to the run-time
	Resident    int64 // bytes
	Threads     int
}

// Footprint measures the process, from outside.
func (p *Process) Footprint() Footprint {
	f, err := footprint(p.PID())
	if err != nil {
		p.world.Inconclusive("what %s holds of the system's resources cannot be measured: %v", p.Name(), err)
	}
	return f
}

// Footprints measures processes, and those that the subject itself has started,
// by what they are called. Of the latter those are left out that are ending.
func (w *World) Footprints(users []*Process) map[string]Footprint {
	all := map[string]Footprint{}
	for _, u := range users {
		all[u.Name()] = u.Footprint()
	}
	for _, s := range w.helpers() {
		if f, err := footprint(s.PID()); err == nil {
			all[fmt.Sprintf("process %d, which the subject started,", s.PID())] = f
		}
	}
	return all
}

func footprint(pid int) (f Footprint, err error) {
	dir := fmt.Sprintf("/proc/%d/", pid)
	fds, err := os.ReadDir(dir + "fd")
	if err != nil {
		return f, err
	}
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		return f, err
	}
	mappings, err := sharedMappings(pid)
	if err != nil {
		return f, err
	}
	f.Descriptors, f.Mappings = len(fds), len(mappings)
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kib, _ := strconv.ParseInt(strings.Fields(string(rest))[0], 10, 64)
			f.Resident = kib << 10
		} else if rest, ok := bytes.CutPrefix(line, []byte("Threads:")); ok {
			f.Threads, _ = strconv.Atoi(string(bytes.TrimSpace(rest)))
		}
	}
	return f, nil
}

// A Mapping is a shared mapping of a process, from its /proc/PID/maps.
type Mapping struct {
	Object string // device and inode: the same object has the same in every process
	Path   string
	Bytes  int64
	Write  bool
}

// SharedMappings lists the process's shared mappings.
func (p *Process) SharedMappings() []Mapping {
	list, err := sharedMappings(p.PID())
	if err != nil {
		p.world.Inconclusive("the mappings of %s cannot be read: %v", p.Name(), err)
	}
	return list
}

func sharedMappings(pid int) (list []Mapping, err error) {
	all, err := proc.Mappings(pid)
	for _, m := range all {
		if m.Shared {
			list = append(list, Mapping{
				Object: fmt.Sprintf("%s:%d", m.Device, m.Inode), Write: m.Access&unix.PROT_WRITE != 0, Path: m.Path, Bytes: int64(m.High - m.Low),
			})
		}
	}
	return list, err
}
