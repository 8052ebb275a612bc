package fault

import (
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// Descriptors keeps a process from opening new descriptors: it sets RLIMIT_NOFILE
// to the lowest free descriptor. Open descriptors stay usable, also in poll(2),
// which refuses more descriptors than the limit. end restores the limit; it is no
// error if the process has ended. Errors are those of proc(5) and prlimit(2).
func Descriptors(pid int) (end func() error, err error) {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return nil, err
	}
	taken := map[int]bool{}
	for _, e := range open {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			taken[n] = true
		}
	}
	free := uint64(0)
	for taken[int(free)] {
		free++
	}
	var before unix.Rlimit
	if err := limit(pid, nil, &before); err != nil {
		return nil, err
	}
	if err := limit(pid, &unix.Rlimit{Cur: min(free, before.Cur), Max: before.Max}, nil); err != nil {
		return nil, err
	}
	return func() error {
		err := limit(pid, &before, nil)
		if err != nil && err != unix.ESRCH && err != unix.ENOENT {
			return fmt.Errorf("the descriptor limit of process %d could not be restored: %w", pid, err)
		}
		return nil
	}, nil
}

// limit sets or reads the descriptor limit of a process. Root without
// CAP_SYS_RESOURCE, as in many containers, may do so only for processes with its
// own ids: a thread takes on the user and group of the process for this call.
func limit(pid int, now, before *unix.Rlimit) error {
	err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, now, before)
	if err != unix.EPERM || unix.Geteuid() != 0 {
		return err
	}
	var owner unix.Stat_t
	if err := unix.Stat(fmt.Sprintf("/proc/%d", pid), &owner); err != nil {
		return err
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread, with its changed ids, ends with the goroutine
		const same = ^uintptr(0)
		for _, real := range [][2]uintptr{{unix.SYS_SETRESGID, uintptr(owner.Gid)}, {unix.SYS_SETRESUID, uintptr(owner.Uid)}} {
			if _, _, errno := unix.RawSyscall(real[0], real[1], same, same); errno != 0 {
				done <- errno
				return
			}
		}
		done <- unix.Prlimit(pid, unix.RLIMIT_NOFILE, now, before)
	}()
	return <-done
}
