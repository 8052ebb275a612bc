package mutants

import "golang.org/x/sys/unix"

// dawdle is the moment between a look and what it was for, in which somebody
// else may come. It is longer every now and then, as where a process is
// preempted, so that the fault shows on any machine.
func dawdle(i int) {
	if i%8 == 0 {
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 50_000}, nil)
		return
	}
	_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
}
