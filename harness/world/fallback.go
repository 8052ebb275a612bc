package world

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Without namespaces the names of a world are the host's. Programs that use
// fixed names would meet those of another run, so one run at a time has such
// worlds: it holds the lock on the directory for temporary files. (A directory
// can be locked as it is. Nothing is left behind; systemd-tmpfiles honours it.)
//
// The lock belongs to this process. How many worlds it has at once is its own
// decision.
var turn struct {
	sync.Mutex
	users int
	dir   *os.File
}

// takeTurn waits until no other run has worlds without namespaces.
func takeTurn(ctx context.Context) error {
	turn.Lock()
	defer turn.Unlock()
	if turn.users > 0 {
		turn.users++
		return nil
	}
	dir, err := os.Open(os.TempDir())
	if err != nil {
		return fmt.Errorf("open the directory for temporary files, to lock it: %w", err)
	}
	for {
		err := unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch err {
		case nil:
			turn.users, turn.dir = 1, dir
			return nil
		case unix.EINTR:
		case unix.EWOULDBLOCK:
			select {
			case <-ctx.Done():
				dir.Close()
				return fmt.Errorf("without namespaces runs take turns, and another run holds the lock on %s: %w", os.TempDir(), context.Cause(ctx))
			case <-time.After(20 * time.Millisecond):
			}
		default:
			dir.Close()
			return fmt.Errorf("lock %s: %w", os.TempDir(), err)
		}
	}
}

func leaveTurn() {
	turn.Lock()
	defer turn.Unlock()
	if turn.users--; turn.users == 0 {
		turn.dir.Close()
		turn.dir = nil
	}
}

// sweep ends what is left of a world without namespaces whose holder has died:
// processes that carry its cookie, are in its directory or have its uid; and
// removes what is known to be theirs. A daemon that got rid of its environment
// and left the directory, under the kit's own uid, escapes.
func (w *World) sweep() {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		left := w.strays()
		if len(left) == 0 {
			break
		}
		for _, pid := range left {
			kill(pid)
		}
	}
	_ = (&holder{setup: w.setup}).remove()
}

// strays lists the live processes of a world without namespaces, as far as they
// can be recognized.
func (w *World) strays() []int {
	if w.id == "" || w.dir == "" {
		return nil // every process would match
	}
	found := append(carriers(w.id), inhabitants(w.dir)...)
	if w.setup.OwnedUser && w.setup.User > 0 {
		for _, pid := range allProcesses() {
			if s := readStatus(fmt.Sprintf("/proc/%d", pid)); s.uid == w.setup.User && !s.gone() {
				found = append(found, pid)
			}
		}
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(pid int) bool { return pid == os.Getpid() })
}
