package mutants

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// A hall is what locks and reader–writer locks are made of: a table of who is
// inside and who waits, which is looked at and changed under a lock of the
// kernel's, and a bell that is rung after each change. Who waits looks at the
// bell, then at the table, and sleeps only if the bell is still as it was.
type hall struct {
	fault
	prefix string // of its faults: lock or rw
	*region
	table *hallTable
	fd    int // of the file, for locks of the kernel's, which end with the process
	seat  int
	asked int // so far
}

type hallTable struct {
	bell, died atomic.Uint32 // died: a writer died inside, and none has left since
	next, turn atomic.Uint32 // ticket; turn is that of lock-alternates
	visitors   [hallSeats]visitor
}

type visitor struct{ mode, ticket atomic.Uint32 }

const (
	outside = iota
	wantsIn // beside others
	wantsAlone
	inside // beside others
	alone
)

// Bytes of the file, behind all that is mapped, that the kernel's locks are on.
const (
	hallSeats = 64
	guardByte = 1 << 40
	seatBytes = guardByte + 1
)

// halls makes them.
type halls struct {
	regions *regions
	prefix  string
}

func (hs halls) create(name string) (*hall, error) {
	m, err := hs.regions.create(name, int64(unsafe.Sizeof(hallTable{})))
	if err != nil {
		return nil, err
	}
	return hs.enter(name, m)
}

func (hs halls) open(name string) (*hall, error) {
	m, err := hs.regions.open(name, false)
	if err != nil {
		return nil, err
	}
	return hs.enter(name, m)
}

// Unlink removes the name.
func (hs halls) Unlink(name string) error { return hs.regions.Unlink(name) }

// enter takes a seat, which is the process's for as long as it lives.
func (hs halls) enter(name string, m *region) (*hall, error) {
	fd, err := unix.Open(m.path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = m.Detach()
		return nil, kind(err, name)
	}
	h := &hall{fault: hs.regions.fault, prefix: hs.prefix, region: m, table: (*hallTable)(unsafe.Pointer(&m.memory[0])), fd: fd}
	for h.seat = range hallSeats {
		if lockByte(fd, unix.F_OFD_SETLK, unix.F_WRLCK, seatBytes+int64(h.seat)) == nil {
			h.guarded(func() { h.clear(h.seat) })
			return h, nil
		}
	}
	_ = h.Detach()
	return nil, subject.Errorf(subject.NoSpace, "%s: all %d seats are taken", name, hallSeats)
}

func lockByte(fd, command int, how int16, at int64) error {
	for {
		err := unix.FcntlFlock(uintptr(fd), command, &unix.Flock_t{Type: how, Start: at, Len: 1})
		if err != unix.EINTR {
			return err
		}
	}
}

// has reports whether this is the mutant with that fault of this family.
func (h *hall) has(id string) bool { return h.is(h.prefix + "-" + id) }

// guarded runs f while nobody else looks at the table.
func (h *hall) guarded(f func()) {
	if !h.has("test-then-set") {
		_ = lockByte(h.fd, unix.F_OFD_SETLKW, unix.F_WRLCK, guardByte)
		defer func() { _ = lockByte(h.fd, unix.F_OFD_SETLK, unix.F_UNLCK, guardByte) }()
	}
	f()
}

// alive reports whether somebody has a seat.
func (h *hall) alive(seat int) bool {
	if seat == h.seat {
		return true
	}
	l := unix.Flock_t{Type: unix.F_WRLCK, Start: seatBytes + int64(seat), Len: 1}
	return unix.FcntlFlock(uintptr(h.fd), unix.F_OFD_GETLK, &l) != nil || l.Type != unix.F_UNLCK
}

// clear takes out one who is dead.
func (h *hall) clear(seat int) {
	v := &h.table.visitors[seat]
	if v.mode.Load() == alone && !h.has("death-untold") {
		h.table.died.Store(1)
	}
	v.mode.Store(outside)
}

func (h *hall) me() *visitor { return &h.table.visitors[h.seat] }

// tick is how long a waiter sleeps before it looks whether somebody died.
const tick = 250 * time.Millisecond

// visit lets the process in, as inside or alone.
func (h *hall) visit(wants uint32, wait subject.Wait) error {
	if m := h.me().mode.Load(); m == inside || m == alone {
		return subject.Errorf(subject.Invalid, "inside already")
	}
	if h.has("try-waits") && wait == subject.Never {
		wait = subject.Forever
	}
	if h.has("deadline-early") && wait > 0 {
		wait /= 2
	}
	limit := deadline(wait)
	for first := true; ; first = false {
		seen := h.table.bell.Load()
		var in bool
		h.guarded(func() { in = h.admit(wants, first) })
		if in {
			return h.welcome()
		}
		if h.has("listens-late") {
			seen = h.table.bell.Load()
		}
		interrupted, err := h.sleep(seen, wait, limit)
		switch {
		case err != nil:
			return h.giveUp(wants, wait, err)
		case interrupted && h.has("eintr-is-success"):
			return nil
		}
	}
}

func (h *hall) welcome() error {
	if h.table.died.Load() != 0 {
		return subject.Errorf(subject.OwnerDead, "")
	}
	return nil
}

// giveUp takes the process out of those who wait.
func (h *hall) giveUp(wants uint32, wait subject.Wait, err error) error {
	switch {
	case h.has("refusal-stays"):
		return err
	case h.has("try-steals") && wait == subject.Never:
		return nil
	case h.has("try-counts") && wait == subject.Never && wants == inside:
		h.me().mode.Store(inside)
		return err
	case h.has("timeout-keeps") && wait > 0:
		h.me().mode.Store(wants)
		return err
	case h.has("looks-once-more") && wait > 0:
		in := false
		h.guarded(func() { in = h.admit(wants, false) })
		if in {
			return err
		}
	}
	h.guarded(func() { h.me().mode.Store(outside) })
	h.ring()
	return err
}

// admit lets the process in if it is its turn. first is the first time that it
// asks for it.
func (h *hall) admit(wants uint32, first bool) bool {
	t, me := h.table, h.me()
	if first {
		h.asked++
		me.ticket.Store(t.next.Add(1))
		me.mode.Store(wants - inside + wantsIn)
	}
	if !h.has("dies-with-owner") {
		for seat := range t.visitors {
			if t.visitors[seat].mode.Load() != outside && !h.alive(seat) {
				h.clear(seat)
			}
		}
	}
	switch {
	case h.has("alternates") && t.turn.Load() != uint32(h.seat):
		return false
	case h.has("grants-unseen") && h.asked%2 == 0:
	default:
		for seat := range t.visitors {
			if seat != h.seat && h.inTheWay(&t.visitors[seat], wants) {
				return false
			}
		}
	}
	if h.has("test-then-set") {
		dawdle(h.asked)
	}
	me.mode.Store(wants)
	return true
}

// inTheWay reports whether another keeps the process out.
func (h *hall) inTheWay(other *visitor, wants uint32) bool {
	before := int32(other.ticket.Load()-h.me().ticket.Load()) < 0
	switch mode := other.mode.Load(); mode {
	case alone:
		return true
	case inside:
		return wants == alone || h.has("one-reader")
	case wantsAlone, wantsIn:
		if h.has("barges") || h.has("test-then-set") || h.has("readers-first") && wants == inside {
			return false
		}
		return before && (mode == wantsAlone || wants == alone)
	}
	return false
}

func (h *hall) Release() error {
	t, me := h.table, h.me()
	if m := me.mode.Load(); m != inside && m != alone {
		if !h.has("anyone-releases") {
			return subject.Errorf(subject.Invalid, "not inside")
		}
		for seat := range t.visitors {
			t.visitors[seat].mode.CompareAndSwap(alone, outside)
		}
	}
	h.guarded(func() {
		if me.mode.Load() == alone {
			t.died.Store(0)
		}
		me.mode.Store(outside)
		if h.has("alternates") {
			for seat := h.seat + 1; ; seat++ {
				if seat %= hallSeats; h.alive(seat) {
					t.turn.Store(uint32(seat))
					break
				}
			}
		}
	})
	if !h.has("wakes-nobody") {
		h.ring()
	}
	return nil
}

func (h *hall) Detach() error {
	_ = unix.Close(h.fd)
	return h.region.Detach()
}

// ring wakes everybody who waits.
func (h *hall) ring() {
	h.table.bell.Add(1)
	n := uintptr(1 << 30)
	if h.has("wakes-one") {
		n = 1
	}
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&h.table.bell)), futexWake, n, 0, 0, 0)
}

// sleep waits until the bell no longer is as it was seen, or until it is time
// to look again.
func (h *hall) sleep(seen uint32, wait subject.Wait, limit time.Time) (interrupted bool, err error) {
	if h.has("spins") && wait == subject.Forever {
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
	}
	if h.has("barges") && wait == subject.Forever {
		time.Sleep(5 * time.Millisecond)
		return false, nil
	}
	timeout := new(unix.NsecToTimespec(longest.Nanoseconds()))
	if wait == subject.Forever && (h.has("wakes-nobody") || h.has("wakes-one") || h.has("dies-with-owner") || h.has("refusal-stays") || h.has("listens-late")) {
		timeout = nil
	}
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&h.table.bell)), futexWait, uintptr(seen), uintptr(unsafe.Pointer(timeout)), 0, 0)
	return errno == unix.EINTR, nil
}
