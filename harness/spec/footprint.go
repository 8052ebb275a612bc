package spec

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
	dir := fmt.Sprintf("/proc/%d/", p.PID())
	fds, err := os.ReadDir(dir + "fd")
	if err != nil {
		p.world.Inconclusive("the descriptors of %s cannot be counted: %v", p.Name(), err)
	}
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		p.world.Inconclusive("the memory of %s cannot be measured: %v", p.Name(), err)
	}
	f := Footprint{Descriptors: len(fds), Mappings: len(p.SharedMappings())}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kib, _ := strconv.ParseInt(strings.Fields(string(rest))[0], 10, 64)
			f.Resident = kib << 10
		}
	}
	return f
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
	file := fmt.Sprintf("/proc/%d/maps", p.PID())
	text, err := os.ReadFile(file)
	if err != nil {
		p.world.Inconclusive("the mappings of %s cannot be read: %v", p.Name(), err)
	}
	var list []Mapping
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
	return list
}
