package sharedmemory

// An RWLock is a lock between processes that many readers hold together, or one
// writer alone. It is fair to both: it is granted in the order of asking, and a
// reader that comes after a waiting writer waits as well.
//
// It outlives its holders. A dead reader is forgotten. After a writer died
// inside, every handle that gets the lock learns so by [ErrOwnerDead], until a
// writer releases it, which declares that the protected data is consistent
// again.
//
// The holder is the handle, and a handle is for one goroutine. The algorithm is
// that of lockTable, in this package.
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

// OpenRWLock returns a handle on an existing lock. Errors as for [OpenMutex].
func OpenRWLock(name string, options ...Option) (*RWLock, error) {
	o, l, err := openLockTable(name, kindRWLock, options)
	if err != nil {
		return nil, err
	}
	return &RWLock{object: o, lock: l}, nil
}

// UnlinkRWLock removes the name of a lock. Attached handles remain usable.
// Errors as for [Unlink].
func UnlinkRWLock(name string) error { return Unlink(name) }

// AcquireRead takes the lock together with other readers, waiting as w says.
// [ErrOwnerDead] means that it is taken, and that a writer died inside.
//
// Errors: [ErrTimeout] (with [Never]: a writer has it or waits), [ErrInvalid]
// (this handle has it already; a reader cannot become a writer).
func (l *RWLock) AcquireRead(w Wait) error { return l.acquire("read", wantsToRead, w) }

// AcquireWrite takes the lock alone, waiting as w says. Results and errors as
// for AcquireRead.
func (l *RWLock) AcquireWrite(w Wait) error { return l.acquire("write", wantsToWrite, w) }

func (l *RWLock) acquire(op string, wants uint32, w Wait) error {
	if l.region == nil {
		return l.detached(op)
	}
	return l.lockResult(op, l.lock.acquire(wants, w))
}

// Release gives up what this handle holds, as reader or as writer. Errors:
// [ErrInvalid] (it holds nothing).
func (l *RWLock) Release() error {
	if l.region == nil {
		return l.detached("release")
	}
	if !l.lock.release() {
		return refuse("release", l.name, ErrInvalid, "this handle holds nothing")
	}
	return nil
}

// Detach releases the mapping and the descriptor. Errors: [ErrInvalid] (this
// handle holds the lock).
func (l *RWLock) Detach() error { return l.detachLock(&l.lock) }
