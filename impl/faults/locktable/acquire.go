package locktable

import (
	"time"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// acquire waits until the process is inside: as insideShared or insideAlone.
func (m *member) acquire(wants uint32, wait subject.Wait) error {
	if mode := m.own().mode.Load(); mode == insideShared || mode == insideAlone {
		return subject.Errorf(subject.Invalid, "inside already")
	}
	if m.fault == TryWaits && wait == subject.Never {
		wait = subject.Forever
	}
	switch {
	case m.fault == DeadlineEarly && wait > 0:
		wait /= 2
	case m.fault == NanosecondsNotCarried:
		wait = waiting.NotCarried(wait)
	}
	limit := waiting.Until(wait)
	for first := true; ; first = false {
		seen := m.table.events.Load()
		var in bool
		m.guarded(func() { in = m.admit(wants, first) })
		if in {
			return m.granted()
		}
		if m.fault == ListensLate {
			seen = m.table.events.Load()
		}
		interrupted, err := m.sleep(seen, wait, limit)
		switch {
		case err != nil:
			return m.giveUp(wants, wait, err)
		case interrupted && m.fault == EINTRIsSuccess:
			return nil
		}
	}
}

// granted is what an acquire returns that has been granted.
func (m *member) granted() error {
	if m.table.ownerDied.Load() != 0 {
		return subject.Errorf(subject.OwnerDead, "")
	}
	return nil
}

// giveUp ends an acquire that was not granted.
func (m *member) giveUp(wants uint32, wait subject.Wait, err error) error {
	switch {
	case m.fault == RefusalStays, m.fault == StaysBeforeOthers && wait > 0 && m.othersBehind():
		return err
	case m.fault == TrySteals && wait == subject.Never:
		return nil
	case m.fault == TryCounts && wait == subject.Never && wants == insideShared:
		m.own().mode.Store(insideShared)
		return err
	case m.fault == TimeoutKeeps && wait > 0:
		m.own().mode.Store(wants)
		return err
	case m.fault == LooksOnceMore && wait > 0:
		in := false
		m.guarded(func() { in = m.admit(wants, false) })
		if in {
			return err
		}
	}
	m.guarded(func() { m.own().mode.Store(outside) })
	if m.fault != GivesUpUnnoticed {
		m.raise()
	}
	return err
}

// othersBehind reports whether another process waits that came later.
func (m *member) othersBehind() bool {
	for seat := range m.table.seats {
		other := &m.table.seats[seat]
		mode := other.mode.Load()
		if (mode == waitsShared || mode == waitsAlone) && int32(other.ticket.Load()-m.own().ticket.Load()) > 0 {
			return true
		}
	}
	return false
}

// admit lets the process in if nothing keeps it out. With first it takes a
// ticket, in whose order waiting processes are served.
func (m *member) admit(wants uint32, first bool) bool {
	t, own := m.table, m.own()
	if first {
		m.asked++
		own.ticket.Store(t.tickets.Add(1))
		own.mode.Store(wants - insideShared + waitsShared)
	}
	if m.fault == HeirsDoNotLook {
		for seat := range t.seats {
			if t.seats[seat].mode.Load() == insideAlone && !m.alive(seat) {
				own.mode.Store(wants)
				m.clear(seat)
				return true
			}
		}
	}
	if m.fault != DiesWithOwner {
		for seat := range t.seats {
			if t.seats[seat].mode.Load() != outside && !m.alive(seat) {
				m.clear(seat)
			}
		}
	}
	switch {
	case m.fault == Alternates && t.alternates.Load() != uint32(m.seat):
		return false
	case m.fault == GrantsUnseen && m.asked%2 == 0:
	default:
		for seat := range t.seats {
			if seat != m.seat && m.keptOutBy(&t.seats[seat], wants) {
				return false
			}
		}
	}
	if m.fault == TestThenSet {
		waiting.Dawdle(m.asked)
	}
	own.mode.Store(wants)
	return true
}

// keptOutBy reports whether another process keeps this one out.
func (m *member) keptOutBy(other *seat, wants uint32) bool {
	before := int32(other.ticket.Load()-m.own().ticket.Load()) < 0
	switch mode := other.mode.Load(); mode {
	case insideAlone, insideShared:
		if m.fault == TicketsIn16Bits && uint16(other.ticket.Load()) > uint16(m.own().ticket.Load()) {
			return false // it seems to have come later
		}
		if mode == insideAlone {
			return true
		}
		return wants == insideAlone || m.fault == OneReader
	case waitsAlone, waitsShared:
		if m.fault == Barges || m.fault == TestThenSet || m.fault == ReadersFirst && wants == insideShared {
			return false
		}
		return before && (mode == waitsAlone || wants == insideAlone)
	}
	return false
}

// Release ends what the process holds.
func (m *member) Release() error {
	t, own := m.table, m.own()
	if mode := own.mode.Load(); mode != insideShared && mode != insideAlone {
		if m.fault != AnyoneReleases {
			return subject.Errorf(subject.Invalid, "not inside")
		}
		for seat := range t.seats {
			t.seats[seat].mode.CompareAndSwap(insideAlone, outside)
		}
	}
	m.guarded(func() {
		if own.mode.Load() == insideAlone {
			t.ownerDied.Store(0)
		}
		own.mode.Store(outside)
		if m.fault == Alternates {
			for seat := m.seat + 1; ; seat++ {
				if seat %= seats; m.alive(seat) {
					t.alternates.Store(uint32(seat))
					break
				}
			}
		}
	})
	if m.fault != WakesNobody {
		m.raise()
	}
	return nil
}

// tick is how long a waiter sleeps before it looks whether an owner has died.
const tick = 250 * time.Millisecond

// sleep waits until the event count changes, or until it is time to look again.
func (m *member) sleep(seen uint32, wait subject.Wait, limit time.Time) (interrupted bool, err error) {
	if m.fault == Spins && wait == subject.Forever {
		return false, nil
	}
	longest := tick
	switch {
	case wait == subject.Never:
		return false, subject.Errorf(subject.Timeout, "")
	case wait > 0:
		left := time.Until(limit)
		if left <= 0 {
			return false, subject.Errorf(subject.Timeout, "")
		}
		longest = min(longest, left)
	case m.fault == Barges:
		time.Sleep(5 * time.Millisecond)
		return false, nil
	case m.fault == WakesNobody, m.fault == WakesOne, m.fault == DiesWithOwner, m.fault == RefusalStays, m.fault == ListensLate, m.fault == StaysBeforeOthers, m.fault == GivesUpUnnoticed:
		longest = 0 // without a limit: a look after each tick would put the fault right
	}
	return waiting.Sleep(&m.table.events, seen, longest), nil
}
