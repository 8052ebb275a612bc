package agent

import "slices"

// Operations of the protocol.
const (
	OpHello  = "hello"
	OpStatus = "status"
	OpCancel = "cancel"
	OpBye    = "bye"

	OpRegionCreate = "region.create"
	OpRegionOpen   = "region.open"
	OpRegionRead   = "region.read"
	OpRegionWrite  = "region.write"
	OpRegionSize   = "region.size"
	OpRegionClose  = "region.close"
	OpRegionUnlink = "region.unlink"

	OpBufferCreate = "buffer.create"
	OpBufferOpen   = "buffer.open"
	OpBufferPut    = "buffer.put"
	OpBufferGet    = "buffer.get"
	OpBufferClose  = "buffer.close"
	OpBufferDetach = "buffer.detach"
	OpBufferUnlink = "buffer.unlink"

	OpMailboxCreate  = "mailbox.create"
	OpMailboxOpen    = "mailbox.open"
	OpMailboxSend    = "mailbox.send"
	OpMailboxReceive = "mailbox.receive"
	OpMailboxClose   = "mailbox.close"
	OpMailboxDetach  = "mailbox.detach"
	OpMailboxUnlink  = "mailbox.unlink"

	OpWorkload = "workload"
)

// Operations lists every operation, in the order of the protocol's schema.
var Operations = []string{OpHello, OpStatus, OpCancel, OpBye,
	OpRegionCreate, OpRegionOpen, OpRegionRead, OpRegionWrite, OpRegionSize, OpRegionClose, OpRegionUnlink,
	OpBufferCreate, OpBufferOpen, OpBufferPut, OpBufferGet, OpBufferClose, OpBufferDetach, OpBufferUnlink,
	OpMailboxCreate, OpMailboxOpen, OpMailboxSend, OpMailboxReceive, OpMailboxClose, OpMailboxDetach, OpMailboxUnlink,
	OpWorkload}

// control operations are answered even while another operation is under way.
var control = []string{OpHello, OpStatus, OpCancel, OpBye}

// IsControl reports whether an operation is answered by an agent's control
// thread, whatever its operation thread is doing.
func IsControl(op string) bool { return slices.Contains(control, op) }
