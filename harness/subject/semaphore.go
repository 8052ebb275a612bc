package subject

// A Stock is what a semaphore is created with.
type Stock struct {
	Initial int64 // the value that it starts with
	Maximum int64 // the value at which a post is refused, as claimed

	_ struct{}
}

// Semaphores makes counting semaphores shared by processes.
type Semaphores interface {
	Create(name string, stock Stock) (Semaphore, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (Semaphore, error)                // Errors: NotFound.
	Unlink(name string) error                           // Errors: NotFound.
}

// A Semaphore is one process's handle on a counting semaphore.
type Semaphore interface {
	// Wait takes one from the value, and waits until it is above zero. Errors:
	// Timeout (with Never: the value is zero).
	Wait(wait Wait) error
	// Post adds one to the value. Errors: Full, where it is claimed that a post
	// at the maximum is refused.
	Post() error
	// Detach gives back the mapping and all descriptors.
	Detach() error
}
