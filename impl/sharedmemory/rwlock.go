package sharedmemory

// An RWLock is a lock between processes that many readers hold together, or one
// writer alone. It is fair to both: everyone gets it in the order of asking, and
// a reader that comes after a waiting writer waits as well.
//
// It outlives its holders. A dead reader is forgotten. After a writer died
// inside, everyone who gets the lock is told so by [ErrOwnerDead], until a writer
// releases it and says thereby that what it protects is in order again.
//
// The holder is the handle, and a handle is for one goroutine. The algorithm is
// that of turnstile, in this package.
type RWLock struct {
	object
	lock tableLock
}

// CreateRWLock makes a new, free lock. Errors as for [CreateMutex].
func CreateRWLock(name string, options ...Option) (*RWLock, error) {
	o, l, err := createLockTable(name, kindRWLock, options)
	if err != nil {
		return nil, err
	}
	return &RWLock{object: o, lock: l}, nil
}

// OpenRWLock gives a handle on an existing lock. Errors as for [OpenMutex].
func OpenRWLock(name string, options ...Option) (*RWLock, error) {
	o, l, err := openLockTable(name, kindRWLock, options)
	if err != nil {
		return nil, err
	}
	return &RWLock{object: o, lock: l}, nil
}

// UnlinkRWLock removes the name of a lock. Those attached go on using it.
func UnlinkRWLock(name string) error { return Unlink(name) }

// AcquireRead takes the lock together with other readers, waiting as w says.
// [ErrOwnerDead] means that it is taken, and that a writer died inside.
//
// Errors: [ErrTimeout] (with [Never]: a writer has it or waits), [ErrInvalid] (this
// handle has it already; it cannot be changed from reading to writing).
func (l *RWLock) AcquireRead(w Wait) error { return l.acquire("read", wantsToRead, w) }

// AcquireWrite takes the lock alone; errors as for AcquireRead.
func (l *RWLock) AcquireWrite(w Wait) error { return l.acquire("write", wantsToWrite, w) }

func (l *RWLock) acquire(op string, wants uint32, w Wait) error {
	if l.region == nil {
		return l.detached(op)
	}
	return l.lockResult(op, l.lock.acquire(wants, w))
}

// Release gives up what this handle holds, as reader or as writer. It is refused
// with [ErrInvalid] if it holds nothing.
func (l *RWLock) Release() error {
	if l.region == nil {
		return l.detached("release")
	}
	if !l.lock.release() {
		return refuse("release", l.name, ErrInvalid, "this handle holds nothing")
	}
	return nil
}

// Detach gives back mapping and descriptor. It is refused with [ErrInvalid] while
// this handle holds the lock.
func (l *RWLock) Detach() error { return l.detachLock(&l.lock) }
