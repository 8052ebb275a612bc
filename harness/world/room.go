package world

import (
	"context"
	"fmt"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// What worlds need of the host. A process of Go has about eight threads, and a
// check two to eight processes.
const (
	tasksOfKit   = 32
	tasksOfWorld = 80
	shmOfWorld   = 4 << 20 // bytes
)

// Room reports what the host has too little of for so many worlds at a time; nil
// where it has enough. Subjects would fail because of it: a process that
// gets no thread dies, and one that gets no memory refuses.
func Room(ctx context.Context, worlds int, isolation Isolation) error {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NPROC, &limit) == nil {
		if err := roomForTasks(limit.Cur, worlds); err != nil {
			return err
		}
	}
	err := roomForMemory("/dev/shm", worlds)
	if err != nil && isolation != None && Probe(ctx).Reason(OwnShm) == "" {
		return nil // worlds have memory of their own
	}
	return err
}

// roomForTasks looks at a limit like RLIMIT_NPROC. It does not hold for root, but for the user
// of each world that root makes.
func roomForTasks(limit uint64, worlds int) error {
	if limit > math.MaxInt32 { // there is none
		return nil
	}
	user := chooseUser(0)
	defer user.release()
	taken, wanted := tasksOf(user.id), tasksOfKit+worlds*tasksOfWorld
	switch {
	case user.owned:
		taken, wanted = 0, tasksOfWorld
	case user.id == 0:
		return nil
	}
	if left := max(int(limit)-taken, 0); left < wanted {
		return fmt.Errorf("uid %d may have %d processes and threads, %d of them taken: %d are left, and %d are needed; raise the limit (ulimit -u), or check less at a time (--jobs 1 needs %d)",
			user.id, limit, taken, left, wanted, tasksOfKit+tasksOfWorld)
	}
	return nil
}

// roomForMemory looks at a directory of shared memory, which worlds without a
// namespace have in common with the host.
func roomForMemory(dir string, worlds int) error {
	var system unix.Statfs_t
	if err := unix.Statfs(dir, &system); err != nil {
		return nil //nolint:nilerr // what has none is looked at by others
	}
	free, wanted := int64(system.Bavail)*system.Bsize, int64(worlds)*shmOfWorld
	if free < wanted {
		return fmt.Errorf("%s has %d KiB left, and %d KiB are needed: without namespaces, subjects use the host's; remove what is not in use there%s", dir, free>>10, wanted>>10, ownerHint(dir))
	}
	return nil
}

// ownerHint says how to see what takes the room.
func ownerHint(dir string) string {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Sprintf(" (ls -l %s shows %d files)", dir, len(entries))
	}
	return ""
}
