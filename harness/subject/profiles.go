package subject

// Names of the profiles in claims files and in the catalogue. Profile program is
// claimed by describing programs, profile performance by performance claims.
const (
	ProfileRegion      = "region"
	ProfileWord        = "word"
	ProfileLock        = "lock"
	ProfileSemaphore   = "semaphore"
	ProfileRWLock      = "rwlock"
	ProfileSnapshot    = "snapshot"
	ProfileOneToOne    = "buffer.one-to-one"
	ProfileMany        = "buffer.many"
	ProfileMailbox     = "mailbox"
	ProfileLink        = "link"
	ProfileNetwork     = "network"
	ProfileCooperation = "cooperation"
	ProfileProgram     = "program"
	ProfilePerformance = "performance"
)

// Claimed lists the profiles that are claimed, in the order of the constants.
func (c *Claims) Claimed() []string {
	var names []string
	add := func(name string, claimed bool) {
		if claimed {
			names = append(names, name)
		}
	}
	add(ProfileRegion, c.Profiles.Region != nil)
	add(ProfileWord, c.Profiles.Word != nil)
	add(ProfileLock, c.Profiles.Lock != nil)
	add(ProfileSemaphore, c.Profiles.Semaphore != nil)
	add(ProfileRWLock, c.Profiles.RWLock != nil)
	add(ProfileSnapshot, c.Profiles.Snapshot != nil)
	add(ProfileOneToOne, c.Profiles.OneToOne != nil)
	add(ProfileMany, c.Profiles.Many != nil)
	add(ProfileMailbox, c.Profiles.Mailbox != nil)
	add(ProfileLink, c.Profiles.Link != nil)
	add(ProfileNetwork, c.Profiles.Network != nil)
	add(ProfileCooperation, c.Profiles.Cooperation != nil)
	add(ProfileProgram, c.Programs != nil)
	add(ProfilePerformance, len(c.Performance) > 0)
	return names
}

// Partial lists the core requirements that the claim of a profile leaves out.
func (c *Claims) Partial(profile string) []string {
	p := &c.Profiles
	switch {
	case profile == ProfileRegion && p.Region != nil:
		return p.Region.Partial
	case profile == ProfileWord && p.Word != nil:
		return p.Word.Partial
	case profile == ProfileLock && p.Lock != nil:
		return p.Lock.Partial
	case profile == ProfileSemaphore && p.Semaphore != nil:
		return p.Semaphore.Partial
	case profile == ProfileRWLock && p.RWLock != nil:
		return p.RWLock.Partial
	case profile == ProfileSnapshot && p.Snapshot != nil:
		return p.Snapshot.Partial
	case profile == ProfileOneToOne && p.OneToOne != nil:
		return p.OneToOne.Partial
	case profile == ProfileMany && p.Many != nil:
		return p.Many.Partial
	case profile == ProfileMailbox && p.Mailbox != nil:
		return p.Mailbox.Partial
	case profile == ProfileLink && p.Link != nil:
		return p.Link.Partial
	case profile == ProfileNetwork && p.Network != nil:
		return p.Network.Partial
	case profile == ProfileCooperation && p.Cooperation != nil:
		return p.Cooperation.Partial
	}
	return nil
}

// Words of [Sharing].
const (
	LifetimeObject  = "object"
	LifetimeCreator = "creator"
	HandlesEach     = "each"
	HandlesProcess  = "process"
)

// Sharing is what is claimed of an object's dependence on processes; nil where the
// profile is not claimed, or has no objects with a name.
func (c *Claims) Sharing(profile string) *Sharing {
	p := &c.Profiles
	switch {
	case profile == ProfileRegion && p.Region != nil:
		return &p.Region.Sharing
	case profile == ProfileLock && p.Lock != nil:
		return &p.Lock.Sharing
	case profile == ProfileSemaphore && p.Semaphore != nil:
		return &p.Semaphore.Sharing
	case profile == ProfileRWLock && p.RWLock != nil:
		return &p.RWLock.Sharing
	case profile == ProfileSnapshot && p.Snapshot != nil:
		return &p.Snapshot.Sharing
	case profile == ProfileOneToOne && p.OneToOne != nil:
		return &p.OneToOne.Sharing
	case profile == ProfileMany && p.Many != nil:
		return &p.Many.Sharing
	case profile == ProfileMailbox && p.Mailbox != nil:
		return &p.Mailbox.Sharing
	case profile == ProfileLink && p.Link != nil:
		return &p.Link.Sharing
	}
	return nil
}

// Waived lists what the profiles do not promise that they promise without a word:
// "lock: handles: process".
func (c *Claims) Waived() (list []string) {
	for _, profile := range c.Claimed() {
		s := c.Sharing(profile)
		if s == nil {
			continue
		}
		if s.Lifetime == LifetimeCreator {
			list = append(list, profile+": lifetime: "+s.Lifetime)
		}
		if s.Handles == HandlesProcess {
			list = append(list, profile+": handles: "+s.Handles)
		}
	}
	return list
}

// PartialProfiles lists the profiles that are claimed without some of their
// core requirements.
func (c *Claims) PartialProfiles() []string {
	var names []string
	for _, name := range c.Claimed() {
		if len(c.Partial(name)) > 0 {
			names = append(names, name)
		}
	}
	return names
}
