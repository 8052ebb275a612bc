package subject

// Special capacities of a mailbox, for Shape.Capacity.
const (
	Unbounded  = -1 // as many messages as memory holds: where the claims say `unbounded: true`
	Rendezvous = 0  // none: a send ends when a receiver takes its message; where the claimed items start at 0
)

// Priorities that a mailbox claimed as `order: priority` has at least: those
// that POSIX promises to every message queue (MQ_PRIO_MAX). The highest is
// received first.
const (
	LowestPriority  = 0
	HighestPriority = 31
)

// A PrioritySender is a Mailbox whose messages have priorities; Send uses the
// lowest. It is needed where BOX-PRIORITY is claimed.
type PrioritySender interface {
	SendPriority(message []byte, priority int, wait Wait) error // Errors as for Send.
}

// A Knower is a Mailbox that knows who sent a message. It is needed where
// BOX-IDENTITY is claimed.
type Knower interface {
	// ReceiveFrom is Receive that gives the id of the process that sent the
	// message, as the processes of the check number each other (in their PID
	// namespace).
	ReceiveFrom(into []byte, wait Wait) (n, pid int, err error)
}

// A Pretender is a Mailbox whose sender says himself who he is. An
// implementation that works like that has to offer it, so that its word can be
// put to the test; one that asks the kernel has no such operation.
type Pretender interface {
	SendAs(message []byte, pid int, wait Wait) error // Errors as for Send; Permission, where the lie is noticed.
}

// An Owner is a Mailbox that can be owned by a process (Silberschatz, Galvin,
// Gagne, Operating System Concepts, 10th edition, 3.6.1): with Shape.Owned its
// creator is the only one that receives, and the mailbox is deleted when that
// process ends. It is needed where BOX-OWNER or BOX-HANDOVER is claimed.
type Owner interface {
	// HandOver makes another process, which has the mailbox open, its owner.
	// Errors: Permission (this process is not the owner), NotFound (no process
	// of that id has it open), Invalid (it has no owner).
	HandOver(pid int) error
}
