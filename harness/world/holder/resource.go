package holder

import (
	"math"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// A resource is one limit of setrlimit(2).
type resource struct {
	Number int    `json:"number"`
	Soft   uint64 `json:"soft"`
	Hard   uint64 `json:"hard"`
}

// resources are the limits that a process sets on itself before it becomes the
// command. The order matters: memory is last, for the process that sets it is
// larger than many a command.
func resources(l message.Limits, others int) (set []resource) {
	add := func(number int, value, grace uint64) {
		if value > 0 {
			set = append(set, resource{number, value, value + grace})
		}
	}
	// The hard limit on processor time is SIGKILL, for those that catch SIGXCPU.
	add(unix.RLIMIT_CPU, uint64(math.Ceil(l.CPU.Seconds())), 2)
	add(unix.RLIMIT_FSIZE, uint64(max(l.FileSize, 0)), 0)
	add(unix.RLIMIT_NOFILE, uint64(max(l.OpenFiles, 0)), 0)
	if l.Processes > 0 {
		add(unix.RLIMIT_NPROC, uint64(l.Processes+others), 0)
	}
	add(unix.RLIMIT_DATA, uint64(max(l.Memory, 0)), 0)
	return set
}

// apply sets a limit on this process. A hard limit that is lower already stays.
func (r resource) apply() error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(r.Number, &now); err != nil {
		return err
	}
	return syscall.Setrlimit(r.Number, &syscall.Rlimit{Cur: min(r.Soft, now.Max), Max: min(r.Hard, now.Max)})
}
