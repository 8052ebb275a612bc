package sharedmemory

// A Mutex is a lock between processes that outlives its owner: when the owner is
// killed, the next one gets the lock marked with [ErrOwnerDead]. It is not fair
// (see [FairMutex]). Waiters spin for about as long as a wake-up costs and then
// sleep. Taking and releasing a free mutex is one atomic instruction each, and
// no system call.
//
// The owner is the handle. A handle is for one goroutine; two goroutines that
// exclude each other need two handles.
//
// The algorithm is that of robustLock, in this package.
type Mutex struct {
	object
	control *mutexControl
	seat    seat
	spinner spinner
}

type mutexControl struct {
	lock  robustLock
	_     [124]byte
	seats seats
}

// CreateMutex makes a new, free mutex. Errors: [ErrExist], [ErrInvalid] (name),
// [ErrNoSpace], [ErrPermission].
func CreateMutex(name string, options ...Option) (*Mutex, error) {
	r, c, err := createControl(name, kindMutex, 0, options, func(*mutexControl) {})
	if err != nil {
		return nil, err
	}
	return newMutex(r, c)
}

// OpenMutex returns a handle on an existing mutex. Errors: [ErrNotExist],
// [ErrInvalid] (the name, or the object is no mutex), [ErrPermission],
// [ErrNoSpace] (1023 handles are attached).
func OpenMutex(name string, options ...Option) (*Mutex, error) {
	r, c, err := openControl(name, kindMutex, options, fixedSize[mutexControl])
	if err != nil {
		return nil, err
	}
	return newMutex(r, c)
}

// UnlinkMutex removes the name of a mutex. Attached handles remain usable.
// Errors as for [Unlink].
func UnlinkMutex(name string) error { return Unlink(name) }

func newMutex(r *Region, c *mutexControl) (*Mutex, error) {
	s, err := r.takeSeat(&c.seats)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	c.lock.releaseDead(&s)
	return &Mutex{object: newObject(r), control: c, seat: s}, nil
}

// Acquire takes the mutex, waiting as w says. [ErrOwnerDead] means that it is
// taken, and that the last owner died inside: the data that the mutex protects
// may be half-changed. Releasing the mutex declares that it is consistent again.
//
// Errors: [ErrTimeout] (with [Never]: another handle has it), [ErrInvalid] (this
// handle has it already).
func (m *Mutex) Acquire(w Wait) error {
	if m.region == nil {
		return m.detached("acquire")
	}
	died, err := m.control.lock.lock(&m.seat, &m.spinner, w)
	switch {
	case err == ErrInvalid:
		return refuse("acquire", m.name, ErrInvalid, "this handle has it already: release it first")
	case err != nil:
		return err
	case died:
		return ErrOwnerDead
	}
	return nil
}

// Release frees the mutex for the next owner. Errors: [ErrInvalid] (this handle
// does not have it).
func (m *Mutex) Release() error {
	if m.region == nil {
		return m.detached("release")
	}
	if !m.control.lock.unlock(&m.seat) {
		return refuse("release", m.name, ErrInvalid, "this handle does not have it")
	}
	return nil
}

// Detach releases the mapping and the descriptor. Errors: [ErrInvalid] (this
// handle has the mutex).
func (m *Mutex) Detach() error {
	if m.region == nil {
		return m.detached("detach")
	}
	if m.control.lock.word.Load()&robustOwner == m.seat.id {
		return refuse("detach", m.name, ErrInvalid, "this handle has the mutex: release it first")
	}
	m.control = nil
	return m.detach()
}
