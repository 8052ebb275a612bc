package subject

// CooperationProfile claims that processes which co-operate through what else
// is claimed reach what they co-operate for. It asks nothing new of the subject:
// the kit's own small systems are built of its regions and locks, and of its
// buffers or mailboxes.
type CooperationProfile struct {
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// Guards reports whether a profile is claimed by which processes keep each
// other out of a region.
func (p *Profiles) Guards() bool { return p.Lock != nil || p.RWLock != nil || p.Semaphore != nil }

// Transfers lists the claimed profiles of queues between two processes: items
// go in at one end and come out at the other.
func (p *Profiles) Transfers() []string {
	var names []string
	if p.OneToOne != nil {
		names = append(names, ProfileOneToOne)
	}
	if p.Many != nil {
		names = append(names, ProfileMany)
	}
	if p.Mailbox != nil {
		names = append(names, ProfileMailbox)
	}
	return names
}

// cooperation checks that there is something to co-operate through.
func (k *checker) cooperation(p *Profiles) {
	if p.Cooperation != nil && len(p.Transfers()) == 0 && (p.Region == nil || !p.Guards()) {
		k.bad(at("profiles", ProfileCooperation), "there is nothing to co-operate through: claim region and one of lock, rwlock and semaphore too, or a buffer or mailbox")
	}
}
