package subject

// A Stock holds the parameters with which a semaphore is created.
type Stock struct {
	Initial int64 // the initial value
	Maximum int64 // the value at which a post is refused, as claimed

	_ struct{}
}

// Semaphores makes counting semaphores shared by processes.
type Semaphores interface {
	Create(name string, stock Stock) (Semaphore, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (Semaphore, error)                // Errors: NotFound.
	Unlink(name string) error                           // Errors: NotFound.
}

// A Semaphore is the handle of one process on a counting semaphore.
type Semaphore interface {
	// Wait waits until the value is above zero, and decrements it. Errors:
	// Timeout (with Never: the value is zero).
	Wait(wait Wait) error
	// Post increments the value. Errors: Full at the maximum, if it is claimed that
	// this is refused.
	Post() error
	// Detach removes the mapping and closes all descriptors.
	Detach() error
}
