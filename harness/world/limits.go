package world

import (
	"math"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Limits bound what a world may use. Zero means unlimited. All but Wall and
// ShmSize hold for each process by itself, as in getrlimit(2).
type Limits struct {
	Wall      time.Duration // from New; then every process of the world is killed
	CPU       time.Duration // processor time, in whole seconds, rounded up; then SIGXCPU
	Memory    int64         // bytes of private writable memory, touched or not (RLIMIT_DATA): a Go program needs 128 MiB to start
	Processes int           // processes and threads of the world's user (RLIMIT_NPROC); root is exempt
	OpenFiles int           // file descriptors (RLIMIT_NOFILE)
	FileSize  int64         // bytes of any one file, shared memory included (RLIMIT_FSIZE); then SIGXFSZ
	ShmSize   int64         // bytes of the world's own /dev/shm, and as many of its own /tmp; without namespaces it does not hold
}

// A resource is one limit of setrlimit(2).
type resource struct {
	Number int    `json:"number"`
	Soft   uint64 `json:"soft"`
	Hard   uint64 `json:"hard"`
}

// resources are the limits that a process sets on itself before it becomes the
// command. The order matters: memory is last, for the process that sets it is
// larger than many a command.
func (l Limits) resources(others int) []resource {
	set := []resource{{Number: unix.RLIMIT_CORE}} // a core file would be a leftover of the kit's making
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

// tasksOf counts the processes and threads that the host runs under a uid, for
// RLIMIT_NPROC counts them all.
func tasksOf(uid int) int {
	n := 0
	for _, pid := range allProcesses() {
		status := readStatus("/proc/" + strconv.Itoa(pid))
		if status.uid == uid {
			n += status.threads
		}
	}
	return n
}

// holderTasks is how many threads a holder may have, where it shares the uid of
// the world's processes and is counted with them.
const holderTasks = 32
