package history

import "fmt"

// A Kind says what an operation does.
type Kind uint8

// The operations. Value is what is sent, received, written, read, or the
// result of a fetch-and-add.
const (
	Send     Kind = 1 + iota // put into a buffer, mailbox or link; Aux is the priority
	Receive                  // get from it
	Write                    // store a word, publish a snapshot
	Read                     // load a word, read a snapshot
	Swap                     // compare-and-swap: Value is the new value, or what a failed one observed
	Add                      // fetch-and-add: Value is the old value, Aux the delta
	Lock                     // acquire exclusively: a mutex, or a reader–writer lock for writing
	Unlock                   // release what Lock acquired
	LockRead                 // acquire for reading
	UnlockRead
	Wait // take a permit of a semaphore
	Post // add one
	kinds

	// Continuation carries the further operands of the record before it.
	Continuation Kind = 255
)

var kindNames = [kinds]string{
	Send: "send", Receive: "recv", Write: "write", Read: "read", Swap: "swap", Add: "add",
	Lock: "lock", Unlock: "unlock", LockRead: "rlock", UnlockRead: "runlock", Wait: "wait", Post: "post",
}

// Known reports whether k is an operation, which a continuation is not.
func (k Kind) Known() bool { return k > 0 && k < kinds }

func (k Kind) String() string {
	if k.Known() {
		return kindNames[k]
	}
	if k == Continuation {
		return "continuation"
	}
	return fmt.Sprintf("operation %d", uint8(k))
}

// A Status says how an operation ended.
type Status uint8

// The statuses. All but OK and Unknown mean that the operation had no effect.
const (
	OK      Status = iota
	Empty          // nothing to receive
	Full           // no room to send
	Timeout        // its time limit passed
	Corrupt        // an item arrived changed
	EOF            // closed and drained
	Failed         // a try-lock or a try-wait that failed, a compare-and-swap that did not swap
	Refused        // any other error without effect; Aux is the errno
	Unknown        // ended, but whether it took effect is unknown: treated as pending
	statuses
)

var statusNames = [statuses]string{"ok", "empty", "full", "timeout", "corrupt", "closed", "failed", "refused", "unknown"}

func (s Status) String() string {
	if s < statuses {
		return statusNames[s]
	}
	return fmt.Sprintf("status %d", uint8(s))
}

// An Op is one operation, in the layout of the file.
type Op struct {
	Inv, Ret int64  // ns of the history's clock; Ret 0: pending
	Value    uint64 // see [Value]
	Aux      uint32
	Object   uint16
	Kind     Kind
	Status   Status
}

// OpSize is the size of a record in bytes.
const OpSize = 32

// Pending reports whether it is unknown if the operation took effect, or still will:
// it never returned, or its status is Unknown.
func (o *Op) Pending() bool { return o.Ret == 0 || o.Status == Unknown }

// Done reports whether the operation certainly took effect.
func (o *Op) Done() bool { return o.Ret != 0 && o.Status == OK }
