package subject

import (
	"slices"
	"strings"
)

// Names of the profiles as claims files and the catalogue spell them. Program
// and performance are claimed by describing programs, and by making measured
// promises.
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

// Partial lists the core requirements that a profile is claimed without.
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

// Promises reports whether a claimed profile meets a condition of the
// catalogue, such as close. No condition is always met; one that this subject
// could not even state never is.
func (c *Claims) Promises(profile, condition string) bool {
	if condition == "" {
		return slices.Contains(c.Claimed(), profile)
	}
	var closes, cancels bool
	switch p := &c.Profiles; {
	case profile == ProfileOneToOne && p.OneToOne != nil:
		closes, cancels = p.OneToOne.Close, p.OneToOne.Cancel
	case profile == ProfileMany && p.Many != nil:
		closes, cancels = p.Many.Close, p.Many.Cancel
	case profile == ProfileMailbox && p.Mailbox != nil:
		closes, cancels = p.Mailbox.Close, p.Mailbox.Cancel
		switch condition {
		case "capacity":
			return true // every mailbox claims one
		case "zero":
			return p.Mailbox.rendezvous()
		case "unbounded":
			return p.Mailbox.Unbounded
		}
	case profile == ProfileLink && p.Link != nil:
		cancels = p.Link.Cancel
		if condition == "messages" {
			return p.Link.Framing != FramingStream
		}
	case profile == ProfileProgram && c.Programs != nil:
		return c.programPromises(condition)
	}
	switch condition {
	case "close":
		return closes
	case "cancel":
		return cancels
	}
	return false
}

func (c *Claims) programPromises(condition string) bool {
	p := c.Programs
	switch condition {
	case "build":
		return c.Build != ""
	case "mechanism":
		return len(p.Mechanism.Require)+len(p.Mechanism.Forbid) > 0
	case "items":
		return p.TakesItems()
	case "capacity":
		return p.TakesItems() && p.Capacity > 0
	case "apart":
		return p.Roles.Consumer.StartedBy != "producer"
	}
	return false
}

// TakesItems reports whether the kit can choose how many items a run moves.
func (p *Programs) TakesItems() bool {
	for _, text := range []string{p.Roles.Producer.Command, p.Roles.Producer.Stdin} {
		if strings.Contains(text, "{items}") || strings.Contains(text, "{file}") {
			return true
		}
	}
	return false
}
