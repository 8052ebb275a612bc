package messagepassing

import "fmt"

// Priorities range from LowestPriority, which Send uses, to HighestPriority: the
// 32 levels that POSIX guarantees for message queues (_POSIX_MQ_PRIO_MAX).
const (
	LowestPriority  = 0
	HighestPriority = 31
)

// A Message is what one send passed to exactly one receive.
type Message struct {
	Body     []byte // the receiver's own copy
	Priority int    // LowestPriority to HighestPriority
	Sender   Sender

	_ struct{}
}

// A Sender identifies the process that sent a message. None of it comes from
// that process itself: on one host the kernel reports it to the broker
// (SO_PEERCRED, unix(7)), and Name is the name that the broker granted to that
// process alone (see [Broker.Join]). Of a sender on another host only the
// address and the name are known.
type Sender struct {
	PID  int    // process id in the broker's PID namespace; 0 from another host
	UID  int    // effective user when it connected; -1 from another host
	GID  int    // effective group when it connected; -1 from another host
	Host string // address of the other host; "" for this host
	Name string // "" if the process has not joined under a name

	_ struct{}
}

func (s Sender) String() string {
	process := fmt.Sprintf("process %d of user %d", s.PID, s.UID)
	if s.Host != "" {
		process = "host " + s.Host
	}
	if s.Name != "" {
		return s.Name + " (" + process + ")"
	}
	return process
}
