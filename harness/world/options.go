package world

// Isolation says how a world is kept apart from the host.
type Isolation int

const (
	Auto Isolation = iota // namespaces where the host allows them, else none
	None                  // no namespaces even where the host allows them
)

// IsolationVariable is an environment variable; "none" forces None on every
// world, so that a host without namespaces can be imitated.
const IsolationVariable = "IPCKIT_ISOLATION"

// KitUser runs a world, or one command, under the kit's own user. Without
// namespaces such a process can kill what the kit can, the kit included.
const KitUser = -2

// Options say what a world is like. The zero value is the best isolation that
// the host allows, no limits, and an unprivileged user where the kit may choose
// one.
type Options struct {
	Isolation Isolation
	Limits    Limits

	// User is the uid that processes run under when the kit may change it (it
	// has CAP_SETUID). 0 means one of the kit's choosing that no account and no
	// other world uses; KitUser means the kit's own. Otherwise
	// processes run under the kit's own uid in any case.
	User int

	// TwoHosts adds a far host, which has a network, a /dev/shm, queues and
	// System V objects of its own, and is joined with the world's other
	// processes by a connection that can be cut. What is left behind there is not
	// looked at; it goes with the world. The capability TwoHosts says why, where
	// there is none.
	TwoHosts bool

	// Network keeps the host's network. A world with namespaces otherwise has
	// one of its own, in which only the loopback device is up.
	Network bool
}
