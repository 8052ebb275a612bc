package subject

// A Network lets processes of one host use the mailboxes and the parties of
// another. The hosts share nothing but a network.
type Network interface {
	// Expose makes the mailboxes and parties of this host reachable for other hosts
	// at address, host:port, until the process ends.
	Expose(address string) error
	// Dial connects this process to the host that is exposed at address: the objects
	// that it creates, opens and joins from now on are on that host. Errors:
	// PeerDead, Permission, Timeout.
	Dial(address string) error
}

// NetworkProfile claims that mailboxes, links or both can be used from another
// host; NET-MAILBOX and NET-LINK, claimed as extended, say which.
type NetworkProfile struct {
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

func (k *checker) network(p *Profiles) {
	if p.Network != nil && p.Mailbox == nil && p.Link == nil {
		k.bad(at("profiles", ProfileNetwork), "a network carries mailboxes or links, and neither profile is claimed: claim one of them too")
	}
}
