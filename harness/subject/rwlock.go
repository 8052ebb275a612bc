package subject

// RWLocks makes reader–writer locks between processes.
type RWLocks interface {
	Create(name string) (RWLock, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (RWLock, error)   // Errors: NotFound.
	Unlink(name string) error           // Errors: NotFound.
}

// An RWLock is one process's handle on a reader–writer lock. The handle is
// inside at most once, as a reader or as a writer.
type RWLock interface {
	// Read enters beside other readers, and Write alone. OwnerDead means that
	// it was granted, and that a writer died inside. Errors: Timeout (with
	// Never: it cannot be granted now).
	Read(wait Wait) error
	Write(wait Wait) error
	// Release leaves, whichever way the handle came in.
	Release() error
	// Detach gives back the mapping and all descriptors.
	Detach() error
}
