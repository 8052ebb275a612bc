package subject

// Parties gives processes names for direct communication, in which each side names
// the other (Silberschatz, Galvin, Gagne, Operating System Concepts, 10th edition,
// 3.6.1).
type Parties interface {
	// Join gives this process a name. Errors: Exists, Invalid, Permission.
	Join(name string) (Party, error)
}

// A Party is a name that this process has until it leaves or ends.
type Party interface {
	// Link returns the link with the party named peer, which may join later. There
	// is one link for each pair. Errors: Invalid, NoSpace.
	Link(peer string) (Link, error)
	// Leave ends all links of the party and releases the name.
	Leave() error
}

// A Link connects this party with one other: send(P, message), receive(P, message).
// Its two directions are independent.
type Link interface {
	// Send sends a whole message to the peer; on an error it sends nothing. Errors: Full, Timeout, TooLarge, PeerDead, Closed, Interrupted.
	Send(message []byte, wait Wait) error
	// Receive copies the next message of the peer to into, and returns its length;
	// of a stream, the available bytes, at least one. Errors: Empty, Timeout,
	// TooLarge, Interrupted; after everything that the peer had sent, PeerDead or
	// Closed.
	Receive(into []byte, wait Wait) (int, error)
	// Detach ends the link and closes all its descriptors.
	Detach() error
}

// An AnyReceiver is a Party that can receive from any peer that has a message:
// receive(id, message). It is needed where LINK-ANY is claimed.
type AnyReceiver interface {
	// ReceiveAny is Receive on a link that has a message; it also returns the name
	// of that peer, even with PeerDead and Closed.
	ReceiveAny(into []byte, wait Wait) (n int, peer string, err error)
}

// Framings of a link.
const (
	FramingMessages = "messages" // each receive gives one sent message
	FramingStream   = "stream"   // bytes in order, without boundaries
)

// LinkProfile claims links between two named processes.
type LinkProfile struct {
	Item    Item   `yaml:"item" json:"item"`                           // of one send
	Framing string `yaml:"framing,omitempty" json:"framing,omitempty"` // messages (default) or stream
	// Buffering is how many bytes each direction accepts at least while no process
	// receives, in messages of 1 KiB, or of the claimed size nearest to that; one
	// that is smaller counts as 1 KiB. Default: 0, no promise.
	Buffering Size   `yaml:"buffering,omitempty" json:"buffering,omitempty"`
	Waiting   string `yaml:"waiting,omitempty" json:"waiting,omitempty"` // sleep (default) or spin
	Cancel    bool   `yaml:"cancel,omitempty" json:"cancel,omitempty"`
	Sharing   `yaml:",inline"`
	Partial   []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}
