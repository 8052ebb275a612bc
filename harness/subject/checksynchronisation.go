package subject

// synchronisation checks the profiles of what processes use to share memory
// without disturbing each other.
func (k *checker) synchronisation(p *Profiles) {
	if p.Word != nil && p.Region == nil {
		k.bad(at("profiles", ProfileWord), "words lie in regions, and profile region is not claimed: claim it too")
	}
	if l := p.Lock; l != nil {
		k.waiting(ProfileLock, l.Waiting)
	}
	if s := p.Semaphore; s != nil {
		k.waiting(ProfileSemaphore, s.Waiting)
		if m := s.Maximum; m != nil {
			in := within(ProfileSemaphore)
			if m.Min > m.Max {
				k.bad(in("maximum"), "the range is upside down: min %d is above max %d", int64(m.Min), int64(m.Max))
			}
			if m.Min < 1 {
				k.bad(in("maximum"), "a semaphore counts to 1 at least: it is %d", int64(m.Min))
			}
		}
	}
	if l := p.RWLock; l != nil {
		k.waiting(ProfileRWLock, l.Waiting)
	}
	if s := p.Snapshot; s != nil {
		k.size(within(ProfileSnapshot), "record", "a record", s.Record)
	}
}

// waiting checks how a profile's waiters wait.
func (k *checker) waiting(profile, waiting string) {
	k.word(within(profile)("waiting"), waiting, "sleep", "spin")
}
