// Package subject is the contract between ipckit and the implementations that it
// checks.
//
// A subject is an implementation of interprocess communication. A Go package
// plugs in by filling a [Subject] with its factories: each factory makes objects
// that several processes share by name. Every process of a check hosts
// its own copy of the subject, so nothing may be shared through Go memory.
//
// The same operations exist on the wire (see package agent) for C, Python or
// any executable; specs see only processes and never this package's interfaces.
package subject

import "time"

// A Subject is one implementation under test, with the claims of its author.
// Factories that the subject does not have are nil.
type Subject struct {
	// Claims says what the subject promises; only what is claimed is checked.
	Claims Claims

	Regions    Regions    // profiles region and word
	Locks      Locks      // profile lock
	Semaphores Semaphores // profile semaphore
	RWLocks    RWLocks    // profile rwlock
	Snapshots  Snapshots  // profile snapshot
	OneToOne   Buffers    // profile buffer.one-to-one
	Many       Buffers    // profile buffer.many
	Mailboxes  Mailboxes  // profile mailbox
	Parties    Parties    // profile link
	Network    Network    // profile network

	_ struct{} // forbids positional literals, so that factories can be added
}

// Wait says how long an operation may block.
type Wait time.Duration

// Forever blocks until the operation can be done. Never fails at once, with [Full]
// or [Empty], or with [Timeout] for locks and semaphores. A positive value is a
// limit, after which the operation fails with [Timeout].
const (
	Forever Wait = -1
	Never   Wait = 0
)

// Regions makes shared-memory regions.
type Regions interface {
	// Create makes a new region of at least size bytes, zeroed, and maps it.
	// Errors: Exists, Invalid (size or name), Permission, NoSpace.
	Create(name string, size int64) (Region, error)
	// Open maps an existing region for reading and writing, or for reading only.
	// It never creates and never resizes. Errors: NotFound, Invalid.
	Open(name string, readOnly bool) (Region, error)
	// Unlink removes the name. Attached processes continue to share the region. Errors: NotFound.
	Unlink(name string) error
}

// A Region is the mapping of a shared region in one process.
type Region interface {
	// Size is the size in bytes: at least the size at creation, the same for every
	// process.
	Size() int64
	// ReadAt and WriteAt copy from and to the shared bytes. An access that
	// reaches past the end is refused with Invalid and changes nothing.
	ReadAt(p []byte, offset int64) (int, error)
	WriteAt(p []byte, offset int64) (int, error)
	// Detach removes the mapping and closes all descriptors.
	Detach() error
}

// A Shape holds the parameters with which a bounded buffer or a mailbox is created.
type Shape struct {
	Capacity   int64  // items (or bytes, where bytes are claimed); mailbox: Unbounded and Rendezvous too
	ItemMax    int64  // the largest item, bytes
	StartIndex uint64 // initial value of the running indices, if the subject allows it; else 0
	Owned      bool   // mailbox: the process that creates it owns it (see Owner)

	_ struct{}
}

// Buffers makes bounded buffers in shared memory.
type Buffers interface {
	Create(name string, shape Shape) (Buffer, error) // Errors: Exists, Invalid, NoSpace.
	Open(name string) (Buffer, error)                // Errors: NotFound.
	Unlink(name string) error                        // Errors: NotFound.
}

// A Buffer is the handle of one process on a bounded buffer.
type Buffer interface {
	// Put copies item into the buffer. Errors: Full, Timeout, Closed, TooLarge,
	// PeerDead.
	Put(item []byte, wait Wait) error
	// Get copies the oldest item to into, and returns its length. Errors:
	// Empty, Timeout, Closed (and drained), PeerDead; TooLarge when into is
	// smaller than the item.
	Get(into []byte, wait Wait) (int, error)
	// Detach gives back the mapping and all descriptors; the items stay.
	Detach() error
}

// Mailboxes makes mailboxes: message passing through a named object (indirect
// communication: Operating System Concepts, 10th edition, 3.6.1).
type Mailboxes interface {
	Create(name string, shape Shape) (Mailbox, error) // Errors: Exists, Invalid.
	Open(name string) (Mailbox, error)                // Errors: NotFound.
	Unlink(name string) error                         // Errors: NotFound.
}

// A Mailbox is the handle of one process on a mailbox.
type Mailbox interface {
	Send(message []byte, wait Wait) error        // Errors as for Put.
	Receive(into []byte, wait Wait) (int, error) // Errors as for Get.
	Detach() error
}

// A Closer is a Buffer or a Mailbox that can be closed: after that, put and send
// fail with Closed, blocked operations are released with Closed, and the remaining
// items can still be got. It is needed where the claims say `close: true`.
type Closer interface {
	Close() error
}

// A Canceler is an object whose blocked operation can be cancelled from another
// goroutine of the same process: it returns Interrupted without effect, or
// completes. It is needed where the claims say `cancel: true`.
type Canceler interface {
	Cancel() error
}
