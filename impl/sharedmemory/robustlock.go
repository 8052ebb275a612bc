package sharedmemory

import "sync/atomic"

// A robustLock is one 32-bit word in shared memory: the identity of its owner
// (seat.go), and two flags. It is Drepper's mutex (Futexes Are Tricky, 2011,
// "mutex2") with the owner in place of 1, as in the kernel's robust futexes
// (robust-futexes.rst), except that waiters, and not the kernel, find out that
// an owner died.
//
// Owner and lock change in one step, so no death can leave the lock held by an
// unknown owner. A death can swallow a wake-up: that of a process between
// unlocking and waking, or of the process that was woken. Sleepers therefore
// check every [watchInterval].
//
// Locking is a compare-and-swap and unlocking a swap, both full barriers: what
// was written under the lock is visible to the next owner.
type robustLock struct {
	word atomic.Uint32
}

const (
	robustOwner   = 1<<identityBits - 1
	robustDied    = 1 << 30 // free; the last owner died inside
	robustWaiters = 1 << 31 // there may be sleepers
)

// lock takes the lock for a seat. died reports that the last owner died inside;
// the lock is taken nevertheless. The error is ErrTimeout, or ErrInvalid if the
// seat has the lock already.
func (l *robustLock) lock(s *seat, spin *spinner, w Wait) (died bool, err error) {
	if l.word.CompareAndSwap(0, s.id) {
		return false, nil
	}
	if l.word.Load()&robustOwner == s.id {
		return false, ErrInvalid
	}
	if w != Never {
		spin.until(func() bool { return l.word.Load()&robustOwner == 0 })
	}
	deadline := w.deadline()
	waiters := uint32(0) // set with the lock after this one has slept: others may sleep too
	for {
		v := l.word.Load()
		owner := v & robustOwner
		if owner == 0 || !s.alive(owner) {
			if l.word.CompareAndSwap(v, s.id|v&robustWaiters|waiters) {
				return owner != 0 || v&robustDied != 0, nil
			}
			continue
		}
		if w == Never {
			return false, ErrTimeout
		}
		limit, expired := sleepUntil(deadline)
		if expired {
			return false, ErrTimeout
		}
		if v&robustWaiters == 0 && !l.word.CompareAndSwap(v, v|robustWaiters) {
			continue
		}
		futexWait(&l.word, v|robustWaiters, limit)
		waiters = robustWaiters
	}
}

// unlock releases the lock; it reports whether the seat had it.
func (l *robustLock) unlock(s *seat) bool {
	if l.word.Load()&robustOwner != s.id {
		return false
	}
	if l.word.Swap(0)&robustWaiters != 0 {
		futexWake(&l.word, 1)
	}
	return true
}

// releaseDead marks a lock as abandoned that an earlier, dead holder of this
// seat still owns: the seat's count of takings could come round to the dead
// one's some day.
func (l *robustLock) releaseDead(s *seat) {
	for {
		v := l.word.Load()
		owner := v & robustOwner
		if owner == 0 || owner == s.id || seatOf(owner) != s.index {
			return
		}
		if l.word.CompareAndSwap(v, robustDied) {
			futexWake(&l.word, allSleepers)
			return
		}
	}
}
