package sharedmemory

import (
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A role is what one handle of a buffer can be and no second one: the
// producer, or the consumer. It is held by a lock (see presence.go). The stamp
// beside it tells a holder that was killed, and left its process id there, from
// one that detached.
type role struct {
	noun    string
	lock    int64          // byte of the lock
	stamp   *atomic.Uint64 // in shared memory: times taken << 32 | process id, 0 after leaving
	held    atomic.Bool    // by this handle
	reported uint64         // the stamp of the last death that this handle knows of
}

// enter makes this handle the holder of a role.
func (b *Buffer) takeRole(r *role) error {
	held, err := lockByte(b.region.fd, r.lock, unix.F_WRLCK)
	if err != nil {
		return &Error{Op: "become " + r.noun, Name: b.region.name, Err: err}
	}
	if held {
		return refuse("become "+r.noun, b.region.name, ErrInvalid,
			"it already has a %s, process %d: there is one at a time", r.noun, uint32(r.stamp.Load()))
	}
	r.held.Store(true)
	times := r.stamp.Load()>>32 + 1
	r.stamp.Store(times<<32 | uint64(uint32(os.Getpid())))
	return nil
}

// leave gives a role up.
func (b *Buffer) giveUpRole(r *role) {
	if !r.held.Load() {
		return
	}
	r.stamp.Store(r.stamp.Load() >> 32 << 32)
	_ = unlockByte(b.region.fd, r.lock) // fails only for a bad descriptor
	r.held.Store(false)
}

// died reports, once for each death, that the holder of a role was killed, or
// ended without detaching, and nobody has taken its place. It is false when in
// doubt.
func (b *Buffer) died(r *role) bool {
	stamp := r.stamp.Load()
	if uint32(stamp) == 0 || r.held.Load() || stamp == r.reported {
		return false
	}
	alive, err := someoneElseHolds(b.region.fd, r.lock)
	if err != nil || alive || r.stamp.Load() != stamp {
		return false
	}
	r.reported = stamp
	return true
}
