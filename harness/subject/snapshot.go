package subject

// Snapshots makes records that some processes replace and many read.
type Snapshots interface {
	Create(name string, recordMax int64) (Snapshot, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (Snapshot, error)                    // Errors: NotFound.
	Unlink(name string) error                              // Errors: NotFound.
}

// A Snapshot is the handle of one process on a shared record.
type Snapshot interface {
	// Publish replaces the record. Errors: TooLarge.
	Publish(record []byte) error
	// Read copies the record to into, and returns its length. Errors: Empty
	// (nothing was published yet), TooLarge when into is smaller.
	Read(into []byte) (int, error)
	// Detach removes the mapping and closes all descriptors.
	Detach() error
}
