package sharedmemory

// A FairMutex is a [Mutex] that is granted in the order of asking: a release
// hands it to the handle that has waited longest. That costs a context switch
// for each release while others wait, where a Mutex may go to a running process;
// without waiters it costs a handful of atomic instructions and no system call.
//
// The algorithm is that of lockTable, in this package, with writers only.
type FairMutex struct {
	object
	lock tableLock
}

// CreateFairMutex makes a new, free mutex. Errors as for [CreateMutex].
func CreateFairMutex(name string, options ...Option) (*FairMutex, error) {
	o, l, err := createLockTable(name, kindFairMutex, options)
	if err != nil {
		return nil, err
	}
	return &FairMutex{object: o, lock: l}, nil
}

// OpenFairMutex returns a handle on an existing mutex. Errors as for
// [OpenMutex].
func OpenFairMutex(name string, options ...Option) (*FairMutex, error) {
	o, l, err := openLockTable(name, kindFairMutex, options)
	if err != nil {
		return nil, err
	}
	return &FairMutex{object: o, lock: l}, nil
}

// UnlinkFairMutex removes the name of a mutex. Attached handles remain usable.
// Errors as for [Unlink].
func UnlinkFairMutex(name string) error { return Unlink(name) }

// Acquire takes the mutex, waiting as w says. [ErrOwnerDead] means that it is
// taken, and that the last owner died inside; releasing the mutex declares that
// the data it protects is consistent again.
//
// Errors: [ErrTimeout] (with [Never]: another handle has it or is waiting),
// [ErrInvalid] (this handle has it already).
func (m *FairMutex) Acquire(w Wait) error {
	if m.region == nil {
		return m.detached("acquire")
	}
	return m.lockResult("acquire", m.lock.acquire(wantsToWrite, w))
}

// Release hands the mutex on. Errors: [ErrInvalid] (this handle does not have
// it).
func (m *FairMutex) Release() error {
	if m.region == nil {
		return m.detached("release")
	}
	if !m.lock.release() {
		return refuse("release", m.name, ErrInvalid, "this handle does not have it")
	}
	return nil
}

// Detach releases the mapping and the descriptor. Errors: [ErrInvalid] (this
// handle has the mutex).
func (m *FairMutex) Detach() error { return m.detachLock(&m.lock) }

func createLockTable(name string, k kind, options []Option) (object, tableLock, error) {
	r, table, err := createControl(name, k, 0, options, func(*lockTable) {})
	return lockTableHandle(r, table, err)
}

func openLockTable(name string, k kind, options []Option) (object, tableLock, error) {
	r, table, err := openControl(name, k, options, fixedSize[lockTable])
	return lockTableHandle(r, table, err)
}

func lockTableHandle(r *Region, table *lockTable, err error) (object, tableLock, error) {
	if err != nil {
		return object{}, tableLock{}, err
	}
	l, err := newTableLock(r, table)
	if err != nil {
		_ = r.Close()
		return object{}, tableLock{}, err
	}
	return newObject(r), l, nil
}

// lockResult adds an explanation to a lock table's error.
func (o *object) lockResult(op string, err error) error {
	if err == ErrInvalid {
		return refuse(op, o.name, ErrInvalid, "this handle holds it already: release it first")
	}
	return err
}

// detachLock detaches a handle that holds nothing.
func (o *object) detachLock(l *tableLock) error {
	if o.region == nil {
		return o.detached("detach")
	}
	if l.holds() != idle {
		return refuse("detach", o.name, ErrInvalid, "this handle holds it: release it first")
	}
	l.table = nil
	return o.detach()
}
