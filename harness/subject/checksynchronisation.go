package subject

import (
	"slices"
	"strconv"
)

// synchronisation checks the profiles of what processes use to share memory
// without getting into each other's way.
func (k *checker) synchronisation(p *Profiles) {
	if p.Word != nil && p.Region == nil {
		k.bad(at("profiles", ProfileWord), "words lie in regions, and profile region is not claimed: claim it too")
	}
	if l := p.Lock; l != nil {
		k.waiting(ProfileLock, l.Waiting, "LOCK-SLEEP")
	}
	if s := p.Semaphore; s != nil {
		k.waiting(ProfileSemaphore, s.Waiting, "SEM-SLEEP")
		if m := s.Maximum; m != nil {
			in := within(ProfileSemaphore)
			if m.Min > m.Max {
				k.bad(in("maximum"), "the range is upside down: min %d is above max %d", int64(m.Min), int64(m.Max))
			}
			if m.Min < 1 {
				k.bad(in("maximum"), "a semaphore counts to 1 at least: it is %d", int64(m.Min))
			}
		} else if i := slices.Index(k.claims.Extended, "SEM-OVERFLOW"); i >= 0 {
			k.bad(at("extended", strconv.Itoa(i)), "SEM-OVERFLOW needs the largest value: say it by maximum in profile semaphore")
		}
	}
	if l := p.RWLock; l != nil {
		k.waiting(ProfileRWLock, l.Waiting, "RW-SLEEP")
	}
	if s := p.Snapshot; s != nil {
		k.size(within(ProfileSnapshot), "record", "a record", s.Record)
	}
}

// waiting checks how a profile's waiters wait: whoever spins does not sleep.
func (k *checker) waiting(profile, waiting, sleep string) {
	k.word(within(profile)("waiting"), waiting, "sleep", "spin")
	if i := slices.Index(k.claims.Extended, sleep); i >= 0 && waiting == "spin" {
		k.bad(at("extended", strconv.Itoa(i)), "%s says that waiters sleep, and profile %s says waiting: spin: keep one", sleep, profile)
	}
}
