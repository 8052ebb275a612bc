package subject

// Locks makes locks for mutual exclusion between processes.
type Locks interface {
	Create(name string) (Lock, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (Lock, error)   // Errors: NotFound.
	Unlink(name string) error         // Errors: NotFound.
}

// A Lock is one process's handle on a lock. The handle is the owner.
type Lock interface {
	// Acquire takes the lock. OwnerDead means that it was granted, and that the
	// last owner died inside. Errors: Timeout (with Never: somebody has it).
	Acquire(wait Wait) error
	// Release gives the lock up. Errors: Invalid or Permission, where it is
	// claimed that a release by one who does not hold it is refused.
	Release() error
	// Detach gives back the mapping and all descriptors.
	Detach() error
}
