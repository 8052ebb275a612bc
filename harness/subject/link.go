package subject

// Parties gives processes the names by which they are linked: direct
// communication, in which each side names the other (Silberschatz, Galvin,
// Gagne, Operating System Concepts, 10th edition, 3.6.1).
type Parties interface {
	// Join takes a name for this process. Errors: Exists, Invalid, Permission.
	Join(name string) (Party, error)
}

// A Party is a name that this process holds until it leaves or ends.
type Party interface {
	// Link gives the link with the party of that name, which may join later.
	// There is one link for each pair. Errors: Invalid, NoSpace.
	Link(peer string) (Link, error)
	// Leave ends all links of the party and gives the name free.
	Leave() error
}

// A Link joins this party with one other: send(P, message), receive(P, message).
// Its two directions are independent.
type Link interface {
	// Send gives a message to the peer: wholly, or where it is refused not at
	// all. Errors: Full, Timeout, TooLarge, PeerDead, Closed, Interrupted.
	Send(message []byte, wait Wait) error
	// Receive copies the next message that the peer sent to into, and returns
	// its length; of a stream, those bytes that are there, one at least. Errors:
	// Empty, Timeout, TooLarge, Interrupted; after all that the peer has sent,
	// PeerDead or Closed.
	Receive(into []byte, wait Wait) (int, error)
	// Detach ends the link and gives back all descriptors.
	Detach() error
}

// An AnyReceiver is a Party that can receive from whichever peer has a message:
// receive(id, message). It is needed where LINK-ANY is claimed.
type AnyReceiver interface {
	// ReceiveAny is Receive on the link that has something, and gives the name
	// of that peer, also with PeerDead and Closed.
	ReceiveAny(into []byte, wait Wait) (n int, peer string, err error)
}

// Framings of a link.
const (
	FramingMessages = "messages" // each receive gives what one send took
	FramingStream   = "stream"   // bytes, in order
)

// LinkProfile claims links between two named processes.
type LinkProfile struct {
	Item    Item   `yaml:"item" json:"item"`                           // of one send
	Framing string `yaml:"framing,omitempty" json:"framing,omitempty"` // messages (default) or stream
	// Buffering is how many bytes each direction takes at least with nobody
	// receiving, in messages of 1 KiB, or of the size nearest to that. Default:
	// nothing is promised.
	Buffering Size     `yaml:"buffering,omitempty" json:"buffering,omitempty"`
	Waiting   string   `yaml:"waiting,omitempty" json:"waiting,omitempty"` // sleep (default) or spin
	Cancel    bool     `yaml:"cancel,omitempty" json:"cancel,omitempty"`
	Partial   []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}
