package sharedmemory

import "sync/atomic"

// A turnstile lets readers and writers through in the order in which they came:
// a writer alone, readers together with those who came next to them. So neither
// side starves (the fair policy of the third readers–writers problem; Courtois,
// Heymans, Parnas, CACM 14(10), 1971, stated the first two).
//
// Every handle has an entry, by its seat, that says what it wants or holds.
// There are no counts and no links: who may go through is worked out from the
// entries each time, under a robust lock that is held for no longer than that.
// Every change is one store to one entry, so a process that is killed anywhere,
// in the middle of letting others through too, leaves entries that make sense.
// A dead holder is cleared by the next one who finds no way through, a dead
// waiter when its turn comes.
//
// A handle that has to wait sleeps on its own entry. Whoever lets it through
// changes the entry and wakes it: an entry is a hand-over, which nobody can take
// away. The guard's word is passed with full barriers, and the entry is written
// and read by sequentially consistent operations, so what the last holder wrote
// is seen by the next.
type turnstile struct {
	guard     robust
	abandoned atomic.Uint32 // a writer died inside, and none has been through since
	next      atomic.Uint64 // ticket
	_         [112]byte
	seats     seats
	_         [128 - (seatsMax+1)*4%128]byte
	entries   [seatsMax]entry
}

// entry is a handle's place in a turnstile.
type entry struct {
	mode   atomic.Uint32 // its owner sleeps on it
	id     atomic.Uint32 // who it belongs to, valid while mode is not passing
	ticket atomic.Uint64 // order of arrival
	_      [48]byte
}

// Modes of an entry. The waiting ones lead to the holding ones.
const (
	outside uint32 = iota
	wantsToRead
	wantsToWrite
	reading
	writing
)

// pass is one handle's use of a turnstile.
type pass struct {
	stile *turnstile
	seat  seat
	turn  spinner
	guard spinner
}

// newPass takes a seat, and clears what a dead one left in it.
func newPass(r *Region, t *turnstile) (pass, error) {
	s, err := r.sit(&t.seats)
	if err != nil {
		return pass{}, err
	}
	p := pass{stile: t, seat: s}
	t.guard.bury(&s)
	if e := p.entry(); e.mode.Load() != outside {
		_ = p.enter(Forever) // refused only if this handle had it
		t.clear(e)
		t.letThrough(&s)
		p.exit()
	}
	return p, nil
}

func (p *pass) entry() *entry { return &p.stile.entries[p.seat.index] }

// enter and exit hold the guard. A dead owner of the guard left nothing that
// needs repair.
func (p *pass) enter(w Wait) error {
	_, err := p.stile.guard.lock(&p.seat, &p.guard, w)
	return err
}

func (p *pass) exit() { p.stile.guard.unlock(&p.seat) }

// holds is what this handle holds: outside, reading or writing.
func (p *pass) holds() uint32 {
	if m := p.entry().mode.Load(); m >= reading {
		return m
	}
	return outside
}

// acquire goes through, wanting to read or to write.
func (p *pass) acquire(wants uint32, w Wait) error {
	t, e := p.stile, p.entry()
	if e.mode.Load() != outside {
		return ErrInvalid
	}
	if err := p.enter(p.guardWait(w)); err != nil {
		return err
	}
	e.id.Store(p.seat.id)
	e.ticket.Store(t.next.Add(1))
	e.mode.Store(wants)
	t.letThrough(&p.seat)
	if e.mode.Load() == wants {
		t.clearHolders(&p.seat)
		t.letThrough(&p.seat)
	}
	if w == Never && e.mode.Load() == wants {
		e.mode.Store(outside)
		t.letThrough(&p.seat)
	}
	p.exit()
	switch {
	case e.mode.Load() == outside:
		return ErrTimeout
	case e.mode.Load() == wants:
		p.turn.until(func() bool { return e.mode.Load() != wants })
		if err := p.sleep(wants, w); err != nil {
			return err
		}
	}
	if t.abandoned.Load() != 0 {
		return ErrOwnerDead
	}
	return nil
}

// guardWait is how long the guard may be waited for: who does not want to wait
// for a turn has to wait for an answer all the same.
func (p *pass) guardWait(w Wait) Wait {
	if w == Never {
		return Forever
	}
	return w
}

// sleep waits to be let through.
func (p *pass) sleep(wants uint32, w Wait) error {
	t, e := p.stile, p.entry()
	for deadline := w.deadline(); e.mode.Load() == wants; {
		limit, expired := sleepUntil(deadline)
		if !expired {
			futexWait(&e.mode, wants, limit)
			if e.mode.Load() != wants {
				return nil
			}
		}
		if err := p.enter(Forever); err != nil {
			return err
		}
		t.clearHolders(&p.seat)
		if t.letThrough(&p.seat); expired && e.mode.Load() == wants {
			e.mode.Store(outside)
			t.letThrough(&p.seat) // those behind us
			p.exit()
			return ErrTimeout
		}
		p.exit()
	}
	return nil
}

// release comes out again. It reports whether the handle held anything.
func (p *pass) release() bool {
	t, e := p.stile, p.entry()
	mode := p.holds()
	if mode == outside {
		return false
	}
	_ = p.enter(Forever) // refused only if this handle had it
	if mode == writing {
		t.abandoned.Store(0)
	}
	e.mode.Store(outside)
	t.letThrough(&p.seat)
	p.exit()
	return true
}

// letThrough lets those through whose turn it is, except the dead, who would
// count as having died inside. The guard is held.
func (t *turnstile) letThrough(s *seat) {
	for {
		var oldest *entry
		var readers bool
		for i := range t.used() {
			e := &t.entries[i]
			switch e.mode.Load() {
			case writing:
				return // nobody beside a writer
			case reading:
				readers = true
			case wantsToRead, wantsToWrite:
				if oldest == nil || e.ticket.Load() < oldest.ticket.Load() {
					oldest = e
				}
			}
		}
		switch {
		case oldest == nil:
			return
		case !s.alive(oldest.id.Load()):
			oldest.mode.Store(outside)
		case oldest.mode.Load() == wantsToRead:
			t.admit(oldest, reading, s)
		case readers:
			return
		default:
			t.admit(oldest, writing, s)
			return
		}
	}
}

// admit lets an entry through, and wakes its owner unless that is who does it.
func (t *turnstile) admit(e *entry, mode uint32, s *seat) {
	e.mode.Store(mode)
	if e != &t.entries[s.index] {
		futexWake(&e.mode, 1)
	}
}

// clearHolders clears the entries of those who died inside. The guard is held.
func (t *turnstile) clearHolders(s *seat) {
	for i := range t.used() {
		e := &t.entries[i]
		if e.mode.Load() >= reading && !s.alive(e.id.Load()) {
			t.clear(e)
		}
	}
}

// clear takes a dead one out.
func (t *turnstile) clear(e *entry) {
	if e.mode.Load() == writing {
		t.abandoned.Store(1)
	}
	e.mode.Store(outside)
}

// used is the number of entries that anybody ever had.
func (t *turnstile) used() int { return min(int(t.seats.used.Load()), seatsMax) }
