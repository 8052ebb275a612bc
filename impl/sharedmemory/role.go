package sharedmemory

import (
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A role is what only one handle of a buffer can have: producer or consumer. It
// is held by a file lock (presence.go). The stamp beside it distinguishes a
// holder that was killed, and left its process id there, from one that detached.
type role struct {
	noun     string
	lock     int64          // offset of the lock's byte
	stamp    *atomic.Uint64 // in shared memory: times taken << 32 | process id, which is 0 after giving it up
	held     atomic.Bool    // by this handle
	reported uint64         // the stamp of the last death that died reported
}

// takeRole makes this handle the holder of a role. Errors: [ErrInvalid] (another
// handle holds it).
func (b *Buffer) takeRole(r *role) error {
	held, err := lockByte(b.region.fd, r.lock, unix.F_WRLCK)
	if err != nil {
		return &Error{Op: "become " + r.noun, Name: b.region.name, Err: err}
	}
	if held {
		return refuse("become "+r.noun, b.region.name, ErrInvalid,
			"it already has a %s, process %d: only one is allowed", r.noun, uint32(r.stamp.Load()))
	}
	r.held.Store(true)
	times := r.stamp.Load()>>32 + 1
	r.stamp.Store(times<<32 | uint64(uint32(os.Getpid())))
	return nil
}

// giveUpRole releases a role.
func (b *Buffer) giveUpRole(r *role) {
	if !r.held.Load() {
		return
	}
	r.stamp.Store(r.stamp.Load() >> 32 << 32)
	_ = unlockByte(b.region.fd, r.lock) // fails only for a bad descriptor
	r.held.Store(false)
}

// died reports, once for each death, that the holder of a role was killed or
// ended without detaching, and that no other handle has taken the role. If in
// doubt it is false.
func (b *Buffer) died(r *role) bool {
	stamp := r.stamp.Load()
	if uint32(stamp) == 0 || r.held.Load() || stamp == r.reported {
		return false
	}
	alive, err := heldByOther(b.region.fd, r.lock)
	if err != nil || alive || r.stamp.Load() != stamp {
		return false
	}
	r.reported = stamp
	return true
}
