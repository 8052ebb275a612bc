package kernel

import (
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// PosixMQ is the POSIX message queue (mq_overview(7)): messages with boundaries,
// in order of priority and then of arrival, in a queue of a bounded number of
// messages. The bounds claimed are those of an unprivileged user.
func PosixMQ() subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "posixmq", Version: "POSIX.1-2017", Language: "Go",
			Profiles: subject.Profiles{Mailbox: &subject.MailboxProfile{
				Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 10}}, // /proc/sys/fs/mqueue/msg_max
				Item:     subject.Item{Max: 8192},                                  // /proc/sys/fs/mqueue/msgsize_max
				Delivery: "at-most-once", Order: "priority", Waiting: "sleep",
			}},
			Extended: []string{"BOX-DEADLINE", "BOX-SLEEP", "BOX-PRIORITY", "BOX-PRIVATE", "BOX-STALE", "BOX-SENDERDEATH", "BOX-RECEIVERDEATH", "BOX-EARLYOPEN"},
		},
		Mailboxes: posixQueues{},
	}
}

type posixQueues struct{}

// mqAttributes is struct mq_attr. mq_open uses only the two maxima.
type mqAttributes struct {
	Flags, MaxMessages, MessageSize, CurrentMessages int
	_                                                [4]int
}

func (posixQueues) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	if s.Capacity < 1 || s.ItemMax < 0 {
		return nil, subject.Errorf(subject.Invalid, "capacity %d, messages up to %d bytes", s.Capacity, s.ItemMax)
	}
	attributes := mqAttributes{MaxMessages: int(s.Capacity), MessageSize: int(max(s.ItemMax, 1))}
	return openQueue(name, unix.O_CREAT|unix.O_EXCL, &attributes)
}

func (posixQueues) Open(name string) (subject.Mailbox, error) { return openQueue(name, 0, nil) }

func openQueue(name string, flags int, attributes *mqAttributes) (subject.Mailbox, error) {
	text, err := queueName(name)
	if err != nil {
		return nil, err
	}
	fd, _, errno := unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(text)),
		uintptr(unix.O_RDWR|unix.O_CLOEXEC|flags), 0o600, uintptr(unsafe.Pointer(attributes)), 0, 0)
	if errno != 0 {
		return nil, refuse("mq_open", errno)
	}
	return posixQueue(fd), nil
}

// queueName is the name as the system call expects it: without the leading slash
// of POSIX, which the C library removes.
func queueName(name string) (*byte, error) {
	bare, ok := strings.CutPrefix(name, "/")
	if !ok || bare == "" {
		return nil, subject.Errorf(subject.Invalid, "name %q: want a slash and a name", name)
	}
	text, err := unix.BytePtrFromString(bare)
	if err != nil {
		return nil, subject.Errorf(subject.Invalid, "name %q: %v", name, err)
	}
	return text, nil
}

func (posixQueues) Unlink(name string) error {
	text, err := queueName(name)
	if err != nil {
		return err
	}
	_, _, errno := unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(text)), 0, 0)
	return refuse("mq_unlink", answer(errno))
}

// posixQueue is a message queue descriptor.
type posixQueue uintptr

func (q posixQueue) Send(message []byte, wait subject.Wait) error {
	return q.SendPriority(message, subject.LowestPriority, wait)
}

func (q posixQueue) SendPriority(message []byte, priority int, wait subject.Wait) error {
	limit := until(wait)
	errno := untilNotInterrupted(func() unix.Errno {
		_, _, errno := unix.Syscall6(unix.SYS_MQ_TIMEDSEND, uintptr(q), uintptr(unsafe.Pointer(unsafe.SliceData(message))), uintptr(len(message)), uintptr(priority), uintptr(unsafe.Pointer(limit)), 0)
		return errno
	})
	return timed("mq_timedsend", errno, wait, subject.Full)
}

func (q posixQueue) Receive(into []byte, wait subject.Wait) (int, error) {
	var n uintptr
	limit := until(wait)
	errno := untilNotInterrupted(func() (errno unix.Errno) {
		n, _, errno = unix.Syscall6(unix.SYS_MQ_TIMEDRECEIVE, uintptr(q), uintptr(unsafe.Pointer(unsafe.SliceData(into))), uintptr(len(into)), 0, uintptr(unsafe.Pointer(limit)), 0)
		return errno
	})
	if errno != 0 {
		return 0, timed("mq_timedreceive", errno, wait, subject.Empty)
	}
	return int(n), nil
}

func (q posixQueue) Detach() error { return refuse("close", unix.Close(int(q))) }

// until is the absolute time at which a wait ends, as mq_timedsend expects it:
// nil for Forever, and a time in the past for Never, which makes the call try
// once.
func until(wait subject.Wait) *unix.Timespec {
	switch {
	case wait == subject.Forever:
		return nil
	case wait == subject.Never:
		return new(unix.Timespec)
	}
	t := unix.NsecToTimespec(time.Now().Add(time.Duration(wait)).UnixNano())
	return &t
}

// timed translates the error of a call with a time limit.
func timed(call string, errno unix.Errno, wait subject.Wait, refusal subject.Kind) error {
	switch {
	case errno == unix.ETIMEDOUT && wait == subject.Never:
		return subject.Errorf(refusal, "%s", call)
	case errno == unix.ETIMEDOUT:
		return subject.Errorf(subject.Timeout, "%s", call)
	}
	return refuse(call, answer(errno))
}
