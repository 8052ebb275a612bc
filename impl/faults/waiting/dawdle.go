package waiting

import "golang.org/x/sys/unix"

// Dawdle gives way in the window of a race, between a look and the step that
// relies on it. Every eighth time (i counts) it sleeps for 50 µs, as a process
// that is preempted, so that the race shows on any machine.
func Dawdle(i int) {
	if i%8 == 0 {
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 50_000}, nil)
		return
	}
	Yield()
}

// Yield gives up the processor once.
func Yield() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
