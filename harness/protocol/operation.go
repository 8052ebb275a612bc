package protocol

import (
	"slices"
	"strings"
)

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

	OpWordLoad  = "word.load"
	OpWordStore = "word.store"
	OpWordAdd   = "word.add"
	OpWordCAS   = "word.cas"

	OpLockCreate  = "lock.create"
	OpLockOpen    = "lock.open"
	OpLockAcquire = "lock.acquire"
	OpLockRelease = "lock.release"
	OpLockDetach  = "lock.detach"
	OpLockUnlink  = "lock.unlink"

	OpSemaphoreCreate = "semaphore.create"
	OpSemaphoreOpen   = "semaphore.open"
	OpSemaphoreWait   = "semaphore.wait"
	OpSemaphorePost   = "semaphore.post"
	OpSemaphoreDetach = "semaphore.detach"
	OpSemaphoreUnlink = "semaphore.unlink"

	OpRWLockCreate  = "rwlock.create"
	OpRWLockOpen    = "rwlock.open"
	OpRWLockRead    = "rwlock.read"
	OpRWLockWrite   = "rwlock.write"
	OpRWLockRelease = "rwlock.release"
	OpRWLockDetach  = "rwlock.detach"
	OpRWLockUnlink  = "rwlock.unlink"

	OpSnapshotCreate  = "snapshot.create"
	OpSnapshotOpen    = "snapshot.open"
	OpSnapshotPublish = "snapshot.publish"
	OpSnapshotRead    = "snapshot.read"
	OpSnapshotDetach  = "snapshot.detach"
	OpSnapshotUnlink  = "snapshot.unlink"

	OpBufferCreate = "buffer.create"
	OpBufferOpen   = "buffer.open"
	OpBufferPut    = "buffer.put"
	OpBufferGet    = "buffer.get"
	OpBufferClose  = "buffer.close"
	OpBufferDetach = "buffer.detach"
	OpBufferUnlink = "buffer.unlink"

	OpMailboxCreate   = "mailbox.create"
	OpMailboxOpen     = "mailbox.open"
	OpMailboxSend     = "mailbox.send"
	OpMailboxReceive  = "mailbox.receive"
	OpMailboxClose    = "mailbox.close"
	OpMailboxDetach   = "mailbox.detach"
	OpMailboxUnlink   = "mailbox.unlink"
	OpMailboxHandOver = "mailbox.hand-over"

	OpPartyJoin    = "party.join"
	OpPartyReceive = "party.receive"
	OpPartyLeave   = "party.leave"

	OpLinkOpen    = "link.open"
	OpLinkSend    = "link.send"
	OpLinkReceive = "link.receive"
	OpLinkDetach  = "link.detach"

	OpNetworkExpose = "network.expose"
	OpNetworkDial   = "network.dial"

	OpWorkload = "workload"
)

// Operations lists every operation, in the order of the protocol's schema.
var Operations = []string{OpHello, OpStatus, OpCancel, OpBye,
	OpRegionCreate, OpRegionOpen, OpRegionRead, OpRegionWrite, OpRegionSize, OpRegionClose, OpRegionUnlink,
	OpWordLoad, OpWordStore, OpWordAdd, OpWordCAS,
	OpLockCreate, OpLockOpen, OpLockAcquire, OpLockRelease, OpLockDetach, OpLockUnlink,
	OpSemaphoreCreate, OpSemaphoreOpen, OpSemaphoreWait, OpSemaphorePost, OpSemaphoreDetach, OpSemaphoreUnlink,
	OpRWLockCreate, OpRWLockOpen, OpRWLockRead, OpRWLockWrite, OpRWLockRelease, OpRWLockDetach, OpRWLockUnlink,
	OpSnapshotCreate, OpSnapshotOpen, OpSnapshotPublish, OpSnapshotRead, OpSnapshotDetach, OpSnapshotUnlink,
	OpBufferCreate, OpBufferOpen, OpBufferPut, OpBufferGet, OpBufferClose, OpBufferDetach, OpBufferUnlink,
	OpMailboxCreate, OpMailboxOpen, OpMailboxSend, OpMailboxReceive, OpMailboxClose, OpMailboxDetach, OpMailboxUnlink, OpMailboxHandOver,
	OpPartyJoin, OpPartyReceive, OpPartyLeave, OpLinkOpen, OpLinkSend, OpLinkReceive, OpLinkDetach, OpNetworkExpose, OpNetworkDial,
	OpWorkload}

// Families of operations: what stands before the dot.
const (
	Region    = "region"
	Word      = "word"
	Lock      = "lock"
	Semaphore = "semaphore"
	RWLock    = "rwlock"
	Snapshot  = "snapshot"
	Buffer    = "buffer"
	Mailbox   = "mailbox"
	Party     = "party"
	Link      = "link"
	Network   = "network"
)

// Verbs that several families have: what stands behind the dot.
const (
	Create = "create"
	Open   = "open"
	Close  = "close"
	Detach = "detach"
	Unlink = "unlink"
)

// Op is the operation of a family.
func Op(family, verb string) string { return family + "." + verb }

// Split gives the family and the verb of an operation; of one without a family,
// such as hello, the verb is empty.
func Split(op string) (family, verb string) {
	family, verb, _ = strings.Cut(op, ".")
	return family, verb
}

// Roles of a workload. The schema says what each does.
const (
	RolePut       = "put"
	RoleGet       = "get"
	RoleSend      = "send"
	RoleReceive   = "receive"
	RoleLock      = "lock"
	RoleAgain     = "again"
	RoleSemaphore = "semaphore"
	RoleWait      = "wait"
	RolePost      = "post"
	RoleRead      = "read"
	RoleWrite     = "write"
	RolePublish   = "publish"
	RoleAdd       = "add"
	RoleCAS       = "cas"
	RoleStore     = "store"
	RoleLoad      = "load"
	RoleFlag      = "flag"
	RoleFollow    = "follow"
	RoleDekker    = "dekker"
	RoleCompute   = "compute"

	RolePing   = "ping"
	RolePong   = "pong"
	RoleStream = "stream"
	RoleDrain  = "drain"
	RoleTake   = "take"
	RoleCount  = "count"
	RolePaced  = "paced"
	RoleArrive = "arrive"
)

// MeasuredRoles are those whose steps are timed.
var MeasuredRoles = []string{RolePing, RolePong, RoleStream, RoleDrain, RoleTake, RoleCount, RolePaced, RoleArrive}

// Roles lists every role, in the order of the protocol's schema.
var Roles = []string{RolePut, RoleGet, RoleSend, RoleReceive, RoleLock, RoleAgain, RoleSemaphore, RoleWait, RolePost,
	RoleRead, RoleWrite, RolePublish, RoleAdd, RoleCAS, RoleStore, RoleLoad, RoleFlag, RoleFollow, RoleDekker, RoleCompute,
	RolePing, RolePong, RoleStream, RoleDrain, RoleTake, RoleCount, RolePaced, RoleArrive}

// silent roles compare nothing, so their replies have no field wrong.
var silent = []string{RolePut, RoleSend, RolePost, RolePublish, RoleStore, RoleFlag, RoleDekker, RoleStream, RolePaced}

// Judges reports whether a role's reply must say how many steps were wrong.
func Judges(role string) bool { return !slices.Contains(silent, role) }

// control operations are answered even while another operation is under way.
var control = []string{OpHello, OpStatus, OpCancel, OpBye}

// IsControl reports whether an operation is answered by an agent's control
// thread, whatever its operation thread is doing.
func IsControl(op string) bool { return slices.Contains(control, op) }

// Outcomes of the litmus test MP (message passing), as role follow reports them.
const (
	FlagUnseen  = "flag unseen"        // a look at a flag that was not set yet
	FlagAndData = "flag and data seen" // in the order in which they were written
	FlagAlone   = "flag without data"  // must not happen
)
