package subject

import (
	"slices"
	"strconv"
	"strings"
)

func (k *checker) profiles() {
	p := &k.claims.Profiles
	if k.claims.Programs != nil && *p != (Profiles{}) {
		k.bad(at("profiles"), "unmodified programs are checked as a whole and take no orders: claim no profile beside programs")
	}
	if claimed := k.claims.Claimed(); len(claimed) == 0 || (len(claimed) == 1 && claimed[0] == ProfilePerformance) {
		k.bad(at("profiles"), "no profile is claimed, so there is nothing to check: claim one of %s",
			strings.Join([]string{ProfileRegion, ProfileWord, ProfileLock, ProfileSemaphore, ProfileRWLock, ProfileSnapshot,
				ProfileOneToOne, ProfileMany, ProfileMailbox, ProfileLink, ProfileNetwork}, ", "))
	}
	if r := p.Region; r != nil {
		in := within(ProfileRegion)
		k.word(in("names"), r.Names, "posix")
		if r.Maximum < 0 {
			k.bad(in("maximum"), "want a number of bytes above 0")
		}
	}
	k.synchronisation(p)
	k.buffer(ProfileOneToOne, p.OneToOne)
	k.buffer(ProfileMany, p.Many)
	k.mailbox(p.Mailbox)
	k.link(p.Link)
	k.network(p)
	k.cooperation(p)
	for _, profile := range k.claims.Claimed() {
		k.partial(profile)
		if s := k.claims.Sharing(profile); s != nil {
			k.word(within(profile)("lifetime"), s.Lifetime, LifetimeObject, LifetimeCreator)
			k.word(within(profile)("handles"), s.Handles, HandlesEach, HandlesProcess)
		}
		if profile != ProfileProgram && profile != ProfilePerformance && !k.checkable(profile) {
			k.bad(at("profiles", profile), "this version of ipckit has no check for profile %s: take it out%s", profile, since)
		}
	}
}

// UnknownKey explains profiles that the catalogue has and claims cannot name.
func (*Profiles) UnknownKey(key string) string {
	switch key {
	case "application":
		return "this version of ipckit has no check for such a profile"
	case ProfileProgram:
		return "programs are claimed by describing them under the key programs"
	case ProfilePerformance:
		return "measured promises are listed under the key performance"
	}
	return ""
}

// checkable reports whether there is a check for a requirement of a profile.
func (k *checker) checkable(profile string) bool {
	for _, r := range k.requirements {
		if r.Checked && slices.Contains(r.Profiles, profile) {
			return true
		}
	}
	return false
}

// within gives places inside a profile.
func within(profile string) func(keys ...string) []string {
	return func(keys ...string) []string { return append(at("profiles", profile), keys...) }
}

func (k *checker) buffer(profile string, b *BufferProfile) {
	if b == nil {
		return
	}
	in := within(profile)
	k.capacity(in, b.Capacity, b.Item, 1)
	k.item(in, b.Item)
	k.word(in("slots"), b.Slots, "N", "N-1")
	if b.Slots == "N-1" {
		switch items := b.Capacity.Items; {
		case b.Capacity.Bytes != nil && items == nil:
			k.bad(in("slots"), "slots count items, but the capacity is in bytes: take it out")
		case items != nil && items.Min == 1:
			k.bad(in("slots"), "N-1 of a capacity of 1 leaves no slot to use: claim a capacity of at least 2")
		}
	}
	k.word(in("waiting"), b.Waiting, "sleep", "spin")
	k.word(in("empty"), b.Empty, "strict", "relaxed")
}

// capacity checks a capacity whose least possible value is least: a buffer
// needs room for one item, a mailbox may have none and be a rendezvous.
func (k *checker) capacity(in func(...string) []string, c Capacity, item Item, least Size) {
	switch {
	case c.Items == nil && c.Bytes == nil:
		k.bad(in("capacity"), "missing: say how much goes in, such as {items: 8} or {bytes: 64KiB}")
		return
	case c.Items != nil && c.Bytes != nil:
		k.bad(in("capacity", "bytes"), "a capacity is counted in items or in bytes, never in both: keep one")
		return
	}
	unit, r := "items", c.Items
	if r == nil {
		unit, r = "bytes", c.Bytes
	}
	if r.Min > r.Max {
		k.bad(in("capacity", unit), "the range is upside down: min %d is above max %d", int64(r.Min), int64(r.Max))
	}
	if r.Min < least {
		k.bad(in("capacity", unit), "a buffer holds at least %d: it is %d", int64(least), int64(r.Min))
	}
	if _, most := item.Bounds(); c.Bytes != nil && r.Max < most {
		k.bad(in("capacity", unit), "the largest item (%s) does not fit into %s", most, r.Max)
	}
}

func (k *checker) item(in func(...string) []string, i Item) { k.size(in, "item", "an item", i) }

// size checks how large something may be, which the claims call key.
func (k *checker) size(in func(...string) []string, key, what string, i Item) {
	switch {
	case i.Min < 0 || i.Max < 0 || i.Fixed < 0:
		k.bad(in(key), "sizes are not negative")
	case i.Fixed > 0 && (i.Min > 0 || i.Max > 0):
		k.bad(in(key, "fixed"), "%ss are of one size (fixed) or between two (min, max), never both: keep one", key)
	case i.Fixed > 0:
	case i.Max == 0:
		k.bad(in(key), "missing: say how large %s may be, such as {min: 0, max: 4096} or {fixed: 4}", what)
	case i.Min > i.Max:
		k.bad(in(key), "the range is upside down: min %d is above max %d", int64(i.Min), int64(i.Max))
	}
}

func (k *checker) partial(profile string) {
	list := k.claims.Partial(profile)
	for i, id := range list {
		place := within(profile)("partial", strconv.Itoa(i))
		r, ok := k.requirement(place, id)
		switch {
		case !ok:
		case slices.Contains(list[:i], id):
			k.bad(place, "%s is listed twice", id)
		case !slices.Contains(r.Profiles, profile):
			k.bad(place, "%s is not a requirement of profile %s, but of %s: take it out", id, profile, strings.Join(r.Profiles, ", "))
		case r.Level != "core":
			k.bad(place, "%s is of level %s and not claimed unless listed: take it out", id, r.Level)
		}
	}
}
