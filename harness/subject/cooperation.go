package subject

// CooperationProfile claims that processes can co-operate through the other
// claimed profiles. It needs no new operations of the subject: the kit builds small
// systems from the subject's regions and locks, buffers or mailboxes.
type CooperationProfile struct {
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// Guards reports whether a profile is claimed with which processes can exclude each
// other from a region.
func (p *Profiles) Guards() bool { return p.Lock != nil || p.RWLock != nil || p.Semaphore != nil }

// Transfers lists the claimed profiles that move items from process to process.
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

// cooperation checks that another claimed profile makes co-operation possible.
func (k *checker) cooperation(p *Profiles) {
	if p.Cooperation != nil && len(p.Transfers()) == 0 && (p.Region == nil || !p.Guards()) {
		k.bad(at("profiles", ProfileCooperation), "there is nothing to co-operate through: claim region and one of lock, rwlock and semaphore too, or a buffer or mailbox")
	}
}
