package subject

// Special capacities of a mailbox, for Shape.Capacity.
const (
	Unbounded  = -1 // as many messages as memory holds; needed where the claims say `unbounded: true`
	Rendezvous = 0  // none: a send completes when a receiver takes its message; needed where the claimed items start at 0
)

// A mailbox claimed as `order: priority` has at least these priorities, which POSIX
// guarantees for message queues (_POSIX_MQ_PRIO_MAX is 32). The highest is received
// first.
const (
	LowestPriority  = 0
	HighestPriority = 31
)

// A PrioritySender is a Mailbox whose messages have priorities; Send uses the
// lowest. It is needed where BOX-PRIORITY is claimed.
type PrioritySender interface {
	SendPriority(message []byte, priority int, wait Wait) error // Errors as for Send.
}

// A SenderReporter is a Mailbox that reports which process sent a message. It is
// needed where BOX-IDENTITY is claimed.
type SenderReporter interface {
	// ReceiveFrom is Receive that also returns the id of the sending process in the
	// PID namespace of the receiver.
	ReceiveFrom(into []byte, wait Wait) (n, pid int, err error)
}

// A SenderClaimer is a Mailbox whose sender states its own id. An implementation
// that works like that must implement it, so that false ids can be tested; one that
// gets the id from the kernel has no such operation.
type SenderClaimer interface {
	SendAs(message []byte, pid int, wait Wait) error // Errors as for Send; Permission, if the id is known to be false.
}

// An Owner is a Mailbox that can be owned by a process (Silberschatz, Galvin,
// Gagne, Operating System Concepts, 10th edition, 3.6.1): with Shape.Owned its
// creator is the only one that receives, and the mailbox is deleted when that
// process ends. It is needed where BOX-OWNER or BOX-HANDOVER is claimed.
type Owner interface {
	// HandOver makes another process that has the mailbox open its owner.
	// Errors: Permission (this process is not the owner), NotFound (no process
	// of that id has it open), Invalid (it has no owner).
	HandOver(pid int) error
}
