package subject

// A Network lets processes of one host use the mailboxes and the parties of
// another. The hosts share nothing but a network.
type Network interface {
	// Expose lets other hosts reach this host's mailboxes and parties at an
	// address, host:port, until the process ends.
	Expose(address string) error
	// Dial makes this process one of the host that is exposed at the address:
	// what it creates, opens and joins from now on is there. Errors: PeerDead,
	// Permission, Timeout.
	Dial(address string) error
}

// NetworkProfile claims that mailboxes, links or both can be used from another
// host; which of them the requirements NET-MAILBOX and NET-LINK say.
type NetworkProfile struct {
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

func (k *checker) network(p *Profiles) {
	if p.Network != nil && p.Mailbox == nil && p.Link == nil {
		k.bad(at("profiles", ProfileNetwork), "a network carries mailboxes or links, and neither profile is claimed: claim one of them too")
	}
}
