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
type lockTable struct {
	guard     robustLock
	abandoned atomic.Uint32 // a writer died inside, and none has been through since
	next      atomic.Uint64 // ticket
	_         [112]byte
	seats     seats
	_         [128 - (seatsMax+1)*4%128]byte
	waiters   [seatsMax]waiter
}

// entry is a handle's place in a turnstile.
type waiter struct {
	mode   atomic.Uint32 // its owner sleeps on it
	id     atomic.Uint32 // who it belongs to, valid while mode is not passing
	ticket atomic.Uint64 // order of arrival
	_      [48]byte
}

// Modes of an entry. The waiting ones lead to the holding ones.
const (
	idle uint32 = iota
	wantsToRead
	wantsToWrite
	reading
	writing
)

// pass is one handle's use of a turnstile.
type tableLock struct {
	table *lockTable
	seat  seat
	spinner  spinner
	guardSpinner spinner
}

// newPass takes a seat, and clears what a dead one left in it.
func newTableLock(r *Region, table *lockTable) (tableLock, error) {
	s, err := r.takeSeat(&table.seats)
	if err != nil {
		return tableLock{}, err
	}
	l := tableLock{table: table, seat: s}
	table.guard.releaseDead(&s)
	if w := l.waiter(); w.mode.Load() != idle {
		_ = l.lockGuard(Forever) // refused only if this handle had it
		table.clear(w)
		table.grantNext(&s)
		l.unlockGuard()
	}
	return l, nil
}

func (l *tableLock) waiter() *waiter { return &l.table.waiters[l.seat.index] }

// enter and exit hold the guard. A dead owner of the guard left nothing that
// needs repair.
func (l *tableLock) lockGuard(w Wait) error {
	_, err := l.table.guard.lock(&l.seat, &l.guardSpinner, w)
	return err
}

func (l *tableLock) unlockGuard() { l.table.guard.unlock(&l.seat) }

// holds is what this handle holds: outside, reading or writing.
func (l *tableLock) holds() uint32 {
	if m := l.waiter().mode.Load(); m >= reading {
		return m
	}
	return idle
}

// acquire goes through, wanting to read or to write.
func (l *tableLock) acquire(wants uint32, wait Wait) error {
	table, w := l.table, l.waiter()
	if w.mode.Load() != idle {
		return ErrInvalid
	}
	if err := l.lockGuard(l.guardWait(wait)); err != nil {
		return err
	}
	w.id.Store(l.seat.id)
	w.ticket.Store(table.next.Add(1))
	w.mode.Store(wants)
	table.grantNext(&l.seat)
	if w.mode.Load() == wants {
		table.clearDeadHolders(&l.seat)
		table.grantNext(&l.seat)
	}
	if wait == Never && w.mode.Load() == wants {
		w.mode.Store(idle)
		table.grantNext(&l.seat)
	}
	l.unlockGuard()
	switch {
	case w.mode.Load() == idle:
		return ErrTimeout
	case w.mode.Load() == wants:
		l.spinner.until(func() bool { return w.mode.Load() != wants })
		if err := l.sleep(wants, wait); err != nil {
			return err
		}
	}
	if table.abandoned.Load() != 0 {
		return ErrOwnerDead
	}
	return nil
}

// guardWait is how long the guard may be waited for: who does not want to wait
// for a turn has to wait for an answer all the same.
func (l *tableLock) guardWait(w Wait) Wait {
	if w == Never {
		return Forever
	}
	return w
}

// sleep waits to be let through.
func (l *tableLock) sleep(wants uint32, wait Wait) error {
	table, w := l.table, l.waiter()
	for deadline := wait.deadline(); w.mode.Load() == wants; {
		limit, expired := sleepUntil(deadline)
		if !expired {
			futexWait(&w.mode, wants, limit)
			if w.mode.Load() != wants {
				return nil
			}
		}
		if err := l.lockGuard(Forever); err != nil {
			return err
		}
		table.clearDeadHolders(&l.seat)
		if table.grantNext(&l.seat); expired && w.mode.Load() == wants {
			w.mode.Store(idle)
			table.grantNext(&l.seat) // those behind us
			l.unlockGuard()
			return ErrTimeout
		}
		l.unlockGuard()
	}
	return nil
}

// release comes out again. It reports whether the handle held anything.
func (l *tableLock) release() bool {
	table, w := l.table, l.waiter()
	mode := l.holds()
	if mode == idle {
		return false
	}
	_ = l.lockGuard(Forever) // refused only if this handle had it
	if mode == writing {
		table.abandoned.Store(0)
	}
	w.mode.Store(idle)
	table.grantNext(&l.seat)
	l.unlockGuard()
	return true
}

// letThrough lets those through whose turn it is, except the dead, who would
// count as having died inside. The guard is held.
func (table *lockTable) grantNext(s *seat) {
	for {
		var oldest *waiter
		var readers bool
		for i := range table.used() {
			w := &table.waiters[i]
			switch w.mode.Load() {
			case writing:
				return // nobody beside a writer
			case reading:
				readers = true
			case wantsToRead, wantsToWrite:
				if oldest == nil || w.ticket.Load() < oldest.ticket.Load() {
					oldest = w
				}
			}
		}
		switch {
		case oldest == nil:
			return
		case !s.alive(oldest.id.Load()):
			oldest.mode.Store(idle)
		case oldest.mode.Load() == wantsToRead:
			table.grant(oldest, reading, s)
		case readers:
			return
		default:
			table.grant(oldest, writing, s)
			return
		}
	}
}

// admit lets an entry through, and wakes its owner unless that is who does it.
func (table *lockTable) grant(w *waiter, mode uint32, s *seat) {
	w.mode.Store(mode)
	if w != &table.waiters[s.index] {
		futexWake(&w.mode, 1)
	}
}

// clearHolders clears the entries of those who died inside. The guard is held.
func (table *lockTable) clearDeadHolders(s *seat) {
	for i := range table.used() {
		w := &table.waiters[i]
		if w.mode.Load() >= reading && !s.alive(w.id.Load()) {
			table.clear(w)
		}
	}
}

// clear takes a dead one out.
func (table *lockTable) clear(w *waiter) {
	if w.mode.Load() == writing {
		table.abandoned.Store(1)
	}
	w.mode.Store(idle)
}

// used is the number of entries that anybody ever had.
func (table *lockTable) used() int { return min(int(table.seats.used.Load()), seatsMax) }
