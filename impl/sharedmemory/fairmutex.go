package sharedmemory

// A FairMutex is a [Mutex] that is taken in the order of asking: a release hands
// it to the one that has waited longest, and who asks later cannot come before.
// That costs a change of process for each release while others wait, where a
// Mutex lets a running process have it; without waiters it costs a handful of
// atomic instructions and no system call.
//
// The algorithm is that of turnstile, in this package, with writers only.
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

// OpenFairMutex gives a handle on an existing mutex. Errors as for [OpenMutex].
func OpenFairMutex(name string, options ...Option) (*FairMutex, error) {
	o, l, err := openLockTable(name, kindFairMutex, options)
	if err != nil {
		return nil, err
	}
	return &FairMutex{object: o, lock: l}, nil
}

// UnlinkFairMutex removes the name of a mutex. Those attached go on using it.
func UnlinkFairMutex(name string) error { return Unlink(name) }

// Acquire takes the mutex, waiting as w says. [ErrOwnerDead] means that it is
// taken, and that the last owner died inside; releasing the mutex says that what
// it protects is in order again.
//
// Errors: [ErrTimeout] (with [Never]: somebody has it or comes before),
// [ErrInvalid] (this handle has it already).
func (m *FairMutex) Acquire(w Wait) error {
	if m.region == nil {
		return m.detached("acquire")
	}
	return m.lockResult("acquire", m.lock.acquire(wantsToWrite, w))
}

// Release hands the mutex on. It is refused with [ErrInvalid] if this handle does
// not have it.
func (m *FairMutex) Release() error {
	if m.region == nil {
		return m.detached("release")
	}
	if !m.lock.release() {
		return refuse("release", m.name, ErrInvalid, "this handle does not have it")
	}
	return nil
}

// Detach gives back mapping and descriptor. It is refused with [ErrInvalid] while
// this handle has the mutex.
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

// passed gives the refusal of a turnstile its words.
func (o *object) lockResult(op string, err error) error {
	if err == ErrInvalid {
		return refuse(op, o.name, ErrInvalid, "this handle holds it already: release it first")
	}
	return err
}

// detachPass detaches a handle of a turnstile that holds nothing.
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
