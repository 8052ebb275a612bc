// Package locktable has locks and reader–writer locks, with or without a fault.
//
// Both are a lock table in a shared region: one seat for each attached process,
// with what that process holds or waits for. The table is read and changed
// under a lock of the kernel's. After each change the table's event count is
// raised. A waiter reads the event count, then the table, and sleeps only if
// the event count has not changed since.
package locktable

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// A table is the shared memory.
type table struct {
	events     atomic.Uint32 // the event count
	ownerDied  atomic.Uint32 // a writer died inside, and none has released since
	tickets    atomic.Uint32 // the last that was given out
	alternates atomic.Uint32 // of Alternates: the seat whose process is next
	seats      [seats]seat
}

// A seat is what one process holds or waits for.
type seat struct{ mode, ticket atomic.Uint32 }

// Modes of a seat.
const (
	outside = iota
	waitsShared
	waitsAlone
	insideShared
	insideAlone
)

const (
	seats     = 64
	seatBytes = waiting.Guard + 1 // the byte of the first seat: locked while its process lives
)

// makers creates and opens lock tables.
type makers struct {
	fault   Fault
	regions *region.Regions
}

func newMakers(f Fault, in region.Fault) makers { return makers{f, region.New(in)} }

// A member is one process's access to a lock table.
type member struct {
	fault Fault
	*region.Region
	table *table
	fd    int // of the file, for the kernel's locks
	seat  int
	asked int // how often it has tried to acquire
}

func (ms makers) create(name string) (*member, error) {
	r, err := ms.regions.CreateMapping(name, int64(unsafe.Sizeof(table{})), func(*region.Region) {})
	if err != nil {
		return nil, err
	}
	return ms.join(name, r)
}

func (ms makers) open(name string) (*member, error) {
	r, err := ms.regions.OpenMapping(name, false)
	if err != nil {
		return nil, err
	}
	return ms.join(name, r)
}

// Unlink removes the name.
func (ms makers) Unlink(name string) error { return ms.regions.Unlink(name) }

// join takes a free seat, which the process keeps for as long as it lives.
func (ms makers) join(name string, r *region.Region) (*member, error) {
	fd, err := unix.Open(r.Path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = r.Detach()
		return nil, region.Error(err, name)
	}
	m := &member{fault: ms.fault, Region: r, table: (*table)(unsafe.Pointer(&r.Memory[0])), fd: fd}
	for m.seat = range seats {
		if waiting.LockByte(fd, ms.setLock(), unix.F_WRLCK, seatBytes+int64(m.seat)) == nil {
			m.guarded(func() { m.clear(m.seat) })
			return m, nil
		}
	}
	_ = m.Detach()
	return nil, subject.Errorf(subject.NoSpace, "%s: all %d seats are taken", name, seats)
}

// setLock is how a seat is taken: for as long as the file is open that was opened for
// it or, of RecordLocks, until the process closes any that it has open of that file.
func (ms makers) setLock() int {
	if ms.fault == RecordLocks {
		return unix.F_SETLK
	}
	return unix.F_OFD_SETLK
}

func (m *member) own() *seat { return &m.table.seats[m.seat] }

// guarded runs f while no other process reads or changes the table.
func (m *member) guarded(f func()) {
	if m.fault == TestThenSet || m.fault == HeirsDoNotLook {
		f()
		return
	}
	waiting.Alone(m.fd, f)
}

// alive reports whether the process of a seat lives.
func (m *member) alive(seat int) bool {
	if seat == m.seat {
		return true
	}
	l := unix.Flock_t{Type: unix.F_WRLCK, Start: seatBytes + int64(seat), Len: 1}
	return unix.FcntlFlock(uintptr(m.fd), unix.F_OFD_GETLK, &l) != nil || l.Type != unix.F_UNLCK
}

// clear frees the seat of a process that has died.
func (m *member) clear(seat int) {
	s := &m.table.seats[seat]
	if s.mode.Load() == insideAlone && m.fault != DeathUnreported {
		m.table.ownerDied.Store(1)
	}
	s.mode.Store(outside)
}

// raise raises the event count and wakes the processes that wait on it.
func (m *member) raise() {
	m.table.events.Add(1)
	n := waiting.All
	if m.fault == WakesOne {
		n = 1
	}
	waiting.Wake(&m.table.events, n)
}

func (m *member) Detach() error {
	if m.fault == DescriptorLeaks { // but gives back the seat
		_ = waiting.LockByte(m.fd, unix.F_OFD_SETLK, unix.F_UNLCK, seatBytes+int64(m.seat))
		return m.Region.Detach()
	}
	_ = unix.Close(m.fd)
	return m.Region.Detach()
}
