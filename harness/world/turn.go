package world

import (
	"context"
	"fmt"
	"os"
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
