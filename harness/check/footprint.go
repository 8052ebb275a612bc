package check

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A Footprint is what a process holds of the system's resources.
type Footprint struct {
	Descriptors int
	Mappings    int   // shared ones only: private ones belong to the run-time
	Resident    int64 // bytes
}

// Footprint measures the process, from outside.
func (p *Process) Footprint() Footprint {
	f, err := footprint(p.PID())
	if err != nil {
		p.world.Inconclusive("what %s holds cannot be measured: %v", p.Name(), err)
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
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		// 7f00-7f10 rw-s 00000000 00:1a 42   /dev/shm/name
		f := strings.Fields(line)
		if len(f) < 5 || !strings.HasSuffix(f[1], "s") {
			continue
		}
		m := Mapping{Object: f[3] + ":" + f[4], Write: f[1][1] == 'w', Path: strings.Join(f[5:], " ")}
		var low, high int64
		if _, err := fmt.Sscanf(f[0], "%x-%x", &low, &high); err == nil {
			m.Bytes = high - low
		}
		list = append(list, m)
	}
	return list, nil
}
