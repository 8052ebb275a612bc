package subject

// RWLocks makes reader–writer locks between processes.
type RWLocks interface {
	Create(name string) (RWLock, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (RWLock, error)   // Errors: NotFound.
	Unlink(name string) error           // Errors: NotFound.
}

// An RWLock is the handle of one process on a reader–writer lock. The handle holds
// the lock at most once, as a reader or as a writer.
type RWLock interface {
	// Read acquires the lock together with other readers, Write exclusively.
	// OwnerDead means that the lock was granted and that a writer died while it held
	// it. Errors: Timeout (with Never: it cannot be granted now).
	Read(wait Wait) error
	Write(wait Wait) error
	// Release releases the lock, for reading or writing.
	Release() error
	// Detach removes the mapping and closes all descriptors.
	Detach() error
}
