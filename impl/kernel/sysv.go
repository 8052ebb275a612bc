package kernel

import (
	"encoding/binary"
	"hash/fnv"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// SysV is the System V message queue (sysvipc(7)): messages with boundaries and
// a type, in a queue bounded in bytes. It has no operation with a time limit.
// The bounds claimed are those of the system's defaults.
func SysV() subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "sysv", Version: "POSIX.1-2017 XSI", Language: "Go",
			Profiles: subject.Profiles{Mailbox: &subject.MailboxProfile{
				Capacity: subject.Capacity{Bytes: &subject.Range{Min: 1, Max: 16384}}, // /proc/sys/kernel/msgmnb
				Item:     subject.Item{Max: 8192},                                     // /proc/sys/kernel/msgmax
				Delivery: "at-most-once", Order: "fifo", Waiting: "sleep",
			}},
			Extended: []string{"BOX-SLEEP", "BOX-GONEBLOCKED", "BOX-PRIVATE", "BOX-STALE", "BOX-SENDERDEATH", "BOX-RECEIVERDEATH", "BOX-EARLYOPEN"},
		},
		Mailboxes: systemVQueues{},
	}
}

// Constants of msgctl(2) and msgrcv(2) that package unix lacks.
const (
	ipcSet     = 1
	ipcStat    = 2
	ipcNoWait  = 0o4000
	messageOne = 1 // the type of every message that is sent here
)

type systemVQueues struct{}

// key derives a System V key from a name. Two names may have the same key: the
// system has numbers of 32 bits where POSIX has names.
func key(name string) (uintptr, error) {
	if name == "" {
		return 0, subject.Errorf(subject.Invalid, "the name is empty")
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return uintptr(h.Sum32() | 1), nil // IPC_PRIVATE is 0
}

func (systemVQueues) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	if s.Capacity < 1 || s.ItemMax < 0 || s.ItemMax > 8192 {
		return nil, subject.Errorf(subject.Invalid, "capacity %d, messages up to %d bytes", s.Capacity, s.ItemMax)
	}
	k, err := key(name)
	if err != nil {
		return nil, err
	}
	id, _, errno := unix.Syscall(unix.SYS_MSGGET, k, unix.IPC_CREAT|unix.IPC_EXCL|0o600, 0)
	if errno != 0 {
		return nil, refuse("msgget", errno)
	}
	if err := setBytes(id, uint64(s.Capacity)); err != nil {
		_, _, _ = unix.Syscall(unix.SYS_MSGCTL, id, unix.IPC_RMID, 0)
		return nil, refuse("msgctl(IPC_SET)", err)
	}
	return systemVQueue{id: id, max: int(s.ItemMax)}, nil
}

// setBytes sets msg_qbytes, the queue's capacity.
func setBytes(id uintptr, capacity uint64) error {
	// struct msqid64_ds on 64-bit Linux; msg_qbytes lies behind the 48 bytes of
	// ipc64_perm, three times and two counts of 8 bytes each.
	var buffer [160]byte
	const bytesAt = 48 + 3*8 + 2*8
	if _, _, errno := unix.Syscall(unix.SYS_MSGCTL, id, ipcStat, uintptr(unsafe.Pointer(&buffer))); errno != 0 {
		return errno
	}
	binary.NativeEndian.PutUint64(buffer[bytesAt:], capacity)
	_, _, errno := unix.Syscall(unix.SYS_MSGCTL, id, ipcSet, uintptr(unsafe.Pointer(&buffer)))
	return answer(errno)
}

func (systemVQueues) Open(name string) (subject.Mailbox, error) {
	k, err := key(name)
	if err != nil {
		return nil, err
	}
	id, _, errno := unix.Syscall(unix.SYS_MSGGET, k, 0, 0)
	if errno != 0 {
		return nil, refuse("msgget", errno)
	}
	return systemVQueue{id: id, max: 8192}, nil
}

func (systemVQueues) Unlink(name string) error {
	k, err := key(name)
	if err != nil {
		return err
	}
	id, _, errno := unix.Syscall(unix.SYS_MSGGET, k, 0, 0)
	if errno == 0 {
		_, _, errno = unix.Syscall(unix.SYS_MSGCTL, id, unix.IPC_RMID, 0)
	}
	return refuse("msgctl(IPC_RMID)", answer(errno))
}

// systemVQueue is a queue's id. There is nothing to detach from.
type systemVQueue struct {
	id  uintptr
	max int // bytes, of a message
}

// typeSize is the size of the type that precedes a message in struct msgbuf, and
// does not count as a part of it.
const typeSize = 8

func (q systemVQueue) Send(message []byte, wait subject.Wait) error {
	if len(message) > q.max {
		return subject.Errorf(subject.TooLarge, "%d bytes: at most %d are allowed", len(message), q.max)
	}
	flags, err := waitFlags(wait)
	if err != nil {
		return err
	}
	typed := make([]byte, typeSize+len(message))
	binary.NativeEndian.PutUint64(typed, messageOne)
	copy(typed[typeSize:], message)
	errno := untilNotInterrupted(func() unix.Errno {
		_, _, errno := unix.Syscall6(unix.SYS_MSGSND, q.id, uintptr(unsafe.Pointer(&typed[0])), uintptr(len(message)), flags, 0, 0)
		return errno
	})
	if errno == unix.EAGAIN {
		return subject.Errorf(subject.Full, "msgsnd")
	}
	return gone("msgsnd", errno)
}

func (q systemVQueue) Receive(into []byte, wait subject.Wait) (int, error) {
	flags, err := waitFlags(wait)
	if err != nil {
		return 0, err
	}
	typed := make([]byte, typeSize+min(len(into), 8192))
	var n uintptr
	errno := untilNotInterrupted(func() (errno unix.Errno) {
		n, _, errno = unix.Syscall6(unix.SYS_MSGRCV, q.id, uintptr(unsafe.Pointer(&typed[0])), uintptr(len(typed)-typeSize), 0, flags, 0)
		return errno
	})
	switch {
	case errno == unix.ENOMSG:
		return 0, subject.Errorf(subject.Empty, "msgrcv")
	case errno != 0:
		return 0, gone("msgrcv", errno)
	}
	return copy(into, typed[typeSize:typeSize+int(n)]), nil
}

// gone is refuse for calls whose arguments are valid: EINVAL then means that the
// queue was removed before the call, as EIDRM does during it.
func gone(call string, errno unix.Errno) error {
	if errno == unix.EINVAL {
		errno = unix.EIDRM
	}
	return refuse(call, answer(errno))
}

func (systemVQueue) Detach() error { return nil }

// waitFlags are the flags for a wait. The system has no time limits.
func waitFlags(wait subject.Wait) (uintptr, error) {
	switch wait {
	case subject.Forever:
		return 0, nil
	case subject.Never:
		return ipcNoWait, nil
	}
	return 0, subject.Errorf(subject.Invalid, "System V queues have no time limits")
}
