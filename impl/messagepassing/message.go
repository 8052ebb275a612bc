package messagepassing

import "fmt"

// Priorities run from LowestPriority, which Send uses, to HighestPriority, the
// 32 levels that POSIX promises to every message queue (MQ_PRIO_MAX).
const (
	LowestPriority  = 0
	HighestPriority = 31
)

// A Message is what one send gave to exactly one receive.
type Message struct {
	Body     []byte // the receiver's own copy
	Priority int    // LowestPriority to HighestPriority
	Sender   Sender

	_ struct{}
}

// A Sender says who sent a message. Nothing in it was said by the sender: on
// one host the kernel told the broker (SO_PEERCRED, unix(7)), and Name is
// the name that the broker granted to that process alone (see [Broker.Join]).
// Of a sender on another host only the address is known.
type Sender struct {
	PID  int    // process, as the broker's PID namespace numbers it; 0 from another host
	UID  int    // effective user when it connected; -1 from another host
	GID  int    // effective group when it connected; -1 from another host
	Host string // address of the other host, "" on this one
	Name string // "" where the process has joined under no name

	_ struct{}
}

func (s Sender) String() string {
	who := fmt.Sprintf("process %d of user %d", s.PID, s.UID)
	if s.Host != "" {
		who = "host " + s.Host
	}
	if s.Name != "" {
		return s.Name + " (" + who + ")"
	}
	return who
}
