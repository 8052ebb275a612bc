package subject

// Locks makes locks for mutual exclusion between processes.
type Locks interface {
	Create(name string) (Lock, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (Lock, error)   // Errors: NotFound.
	Unlink(name string) error         // Errors: NotFound.
}

// A Lock is the handle of one process on a lock. The handle is the owner.
type Lock interface {
	// Acquire takes the lock. OwnerDead means that the lock was granted and that its
	// last owner died while it held it. Errors: Timeout (with Never: it is held).
	Acquire(wait Wait) error
	// Release gives the lock up. Errors: Invalid or Permission, if the caller does
	// not hold the lock and it is claimed that this is refused.
	Release() error
	// Detach removes the mapping and closes all descriptors.
	Detach() error
}
