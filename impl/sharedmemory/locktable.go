package sharedmemory

import "sync/atomic"

// A lockTable admits readers and writers in the order in which they came: a
// writer alone, readers together with those next to them in the order. So
// neither side starves (the fair policy of the third readers–writers problem;
// Courtois, Heymans, Parnas, CACM 14(10), 1971, stated the first two).
//
// Every handle has a waiter in the table, by its seat, that says what the handle
// wants or holds. There are no counts and no links: the next is computed from
// the waiters each time, under a robust lock that is held only for that. Every
// change is one store to one waiter, so a process that is killed anywhere, also
// while admitting others, leaves a consistent table. A dead holder is cleared by
// the next handle that is not admitted, a dead waiter when it would be next.
//
// A handle that has to wait sleeps on its own waiter. The process that admits it
// changes the waiter's mode and wakes it: a hand-over, which no third process
// can intercept. The guard's word is passed with full barriers, and modes are
// written and read by sequentially consistent operations, so what the last
// holder wrote is visible to the next.
//
// Memory layout: guard, abandoned and next in the first 128 bytes, then the
// seats, then one waiter of 64 bytes for each seat.
type lockTable struct {
	guard     robustLock
	abandoned atomic.Uint32 // a writer died inside, and none has released the lock since
	next      atomic.Uint64 // the last ticket given out
	_         [112]byte
	seats     seats
	_         [128 - (seatsMax+1)*4%128]byte
	waiters   [seatsMax]waiter
}

// waiter is a handle's row in a lock table.
type waiter struct {
	mode   atomic.Uint32 // its handle sleeps on it
	id     atomic.Uint32 // the handle's identity; valid while mode is not idle
	ticket atomic.Uint64 // order of arrival
	_      [48]byte
}

// Modes of a waiter. The wanting ones turn into the holding ones.
const (
	idle uint32 = iota
	wantsToRead
	wantsToWrite
	reading
	writing
)

// tableLock is one handle's use of a lock table.
type tableLock struct {
	table        *lockTable
	seat         seat
	spinner      spinner
	guardSpinner spinner
}

// newTableLock takes a seat, and clears what a dead handle left in it.
func newTableLock(r *Region, table *lockTable) (tableLock, error) {
	s, err := r.takeSeat(&table.seats)
	if err != nil {
		return tableLock{}, err
	}
	l := tableLock{table: table, seat: s}
	table.guard.releaseDead(&s)
	if w := l.waiter(); w.mode.Load() != idle {
		_ = l.lockGuard(Forever) // fails only if this handle had it
		table.clear(w)
		table.grantNext(&s)
		l.unlockGuard()
	}
	return l, nil
}

func (l *tableLock) waiter() *waiter { return &l.table.waiters[l.seat.index] }

// lockGuard and unlockGuard lock the table. A dead owner of the guard left
// nothing that needs repair.
func (l *tableLock) lockGuard(w Wait) error {
	_, err := l.table.guard.lock(&l.seat, &l.guardSpinner, w)
	return err
}

func (l *tableLock) unlockGuard() { l.table.guard.unlock(&l.seat) }

// holds is what this handle holds: idle for nothing, reading or writing.
func (l *tableLock) holds() uint32 {
	if m := l.waiter().mode.Load(); m >= reading {
		return m
	}
	return idle
}

// acquire takes the lock for reading or for writing. Errors: ErrTimeout,
// ErrInvalid (this handle holds or wants it already), ErrOwnerDead (taken; a
// writer died inside).
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

// guardWait is how long to wait for the guard: an operation that does not wait
// for the lock has to wait for the answer all the same.
func (l *tableLock) guardWait(w Wait) Wait {
	if w == Never {
		return Forever
	}
	return w
}

// sleep waits until the lock is granted.
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
			table.grantNext(&l.seat) // the waiters behind this one
			l.unlockGuard()
			return ErrTimeout
		}
		l.unlockGuard()
	}
	return nil
}

// release gives up what the handle holds, and reports whether it held anything.
func (l *tableLock) release() bool {
	table, w := l.table, l.waiter()
	mode := l.holds()
	if mode == idle {
		return false
	}
	_ = l.lockGuard(Forever) // fails only if this handle had it
	if mode == writing {
		table.abandoned.Store(0)
	}
	w.mode.Store(idle)
	table.grantNext(&l.seat)
	l.unlockGuard()
	return true
}

// grantNext grants the lock to the waiters whose turn it is, except dead ones,
// which would count as having died inside. The guard is held.
func (table *lockTable) grantNext(s *seat) {
	for {
		var oldest *waiter
		var readers bool
		for i := range table.used() {
			w := &table.waiters[i]
			switch w.mode.Load() {
			case writing:
				return // a writer excludes all others
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

// grant grants the lock to a waiter and wakes its handle, unless that is the
// caller.
func (table *lockTable) grant(w *waiter, mode uint32, s *seat) {
	w.mode.Store(mode)
	if w != &table.waiters[s.index] {
		futexWake(&w.mode, 1)
	}
}

// clearDeadHolders clears the waiters whose handles died inside. The guard is
// held.
func (table *lockTable) clearDeadHolders(s *seat) {
	for i := range table.used() {
		w := &table.waiters[i]
		if w.mode.Load() >= reading && !s.alive(w.id.Load()) {
			table.clear(w)
		}
	}
}

// clear removes a dead holder.
func (table *lockTable) clear(w *waiter) {
	if w.mode.Load() == writing {
		table.abandoned.Store(1)
	}
	w.mode.Store(idle)
}

// used is the number of waiters that were ever taken.
func (table *lockTable) used() int { return min(int(table.seats.used.Load()), seatsMax) }
