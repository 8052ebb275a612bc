package sharedmemory

import (
	"sync/atomic"
	"unsafe"
)

// A Snapshot is a record that many processes read and some replace, such as a
// clipboard. Readers get whole records, and neither wait for another process nor
// write to the shared memory: a reader or writer that is stopped or killed at
// any point blocks no reader.
//
// # Algorithm
//
// Writers exclude each other by a robust lock. Each fills the slot after the
// current one in a ring of four, and then makes it current. A reader copies the
// current slot and checks that it was not refilled meanwhile (the sequence lock:
// Lameter, Effective Synchronization on Linux/NUMA Systems, 2005; Boehm, Can
// Seqlocks Get Along With Programming Language Memory Models?, MSPC 2012).
// Unlike with a single slot this happens only if three more records were
// published during the copy, so a reader ends unless writers are that much
// faster for as long as it tries: it is lock-free.
//
// A killed writer leaves the slot that it was filling marked, and the current
// one unchanged. The next writer fills the same slot again.
//
// # Memory layout
//
// A control structure, then four slots: version, length (8 bytes each) and the
// record, padded to a cache line.
//
// # Memory order
//
// The slot is marked before its bytes change and given its new version after,
// both by sequentially consistent stores; the reader reads the version, the
// bytes, the version. On amd64 loads are not reordered with loads, nor stores
// with stores. Elsewhere the bytes too are read and written by operations of
// sync/atomic, which keep their order.
type Snapshot struct {
	object
	control *snapshotControl
	slots   unsafe.Pointer
	seat    seat // taken by the first Publish; readers need none
	guard   spinner
}

type snapshotControl struct {
	itemMax, stride uint64 // constant
	_               [112]byte
	guard           robustLock
	_               [124]byte
	current         atomic.Uint64 // version; 0 before the first
	_               [120]byte
	seats           seats
	_               [128 - (seatsMax+1)*4%128]byte
}

// snapshotSlots is the number of records: the current one, and those that a
// reader may still be copying.
const snapshotSlots = 4

// snapshotSlot precedes the bytes of a record.
type snapshotSlot struct {
	version atomic.Uint64 // 0 while it is being filled
	length  atomic.Uint64
}

const snapshotHead = uint64(unsafe.Sizeof(snapshotSlot{}))

// CreateSnapshot makes a new snapshot without a record, for records of up to
// recordMax bytes (at most 2^30). Errors: [ErrExist], [ErrInvalid] (name or
// size), [ErrNoSpace], [ErrPermission].
func CreateSnapshot(name string, recordMax int, options ...Option) (*Snapshot, error) {
	if recordMax < 0 || recordMax > itemMax {
		return nil, refuse("create snapshot", quote(name), ErrInvalid, "records of %d bytes, expected 0 to %d", recordMax, itemMax)
	}
	stride := snapshotStride(uint64(recordMax))
	r, c, err := createControl(name, kindSnapshot, int64(snapshotSlots*stride), options, func(c *snapshotControl) {
		c.itemMax, c.stride = uint64(recordMax), stride
	})
	if err != nil {
		return nil, err
	}
	return newSnapshot(r, c), nil
}

// OpenSnapshot returns a handle on an existing snapshot; with [ReadOnly], one
// that can only read. Errors: [ErrNotExist], [ErrInvalid] (the name, or the
// object is no snapshot), [ErrPermission].
func OpenSnapshot(name string, options ...Option) (*Snapshot, error) {
	r, c, err := openControl(name, kindSnapshot, options, func(c *snapshotControl) (uint64, bool) {
		if c.itemMax > itemMax || c.stride != snapshotStride(c.itemMax) {
			return 0, false
		}
		return uint64(unsafe.Sizeof(*c)) + snapshotSlots*c.stride, true
	})
	if err != nil {
		return nil, err
	}
	return newSnapshot(r, c), nil
}

// UnlinkSnapshot removes the name of a snapshot. Attached handles remain usable.
// Errors as for [Unlink].
func UnlinkSnapshot(name string) error { return Unlink(name) }

func newSnapshot(r *Region, c *snapshotControl) *Snapshot {
	return &Snapshot{object: newObject(r), control: c, slots: unsafe.Add(unsafe.Pointer(c), unsafe.Sizeof(*c))}
}

func snapshotStride(recordMax uint64) uint64 {
	return (snapshotHead + recordMax + cacheLine - 1) &^ (cacheLine - 1)
}

// slot is the slot of a version.
func (s *Snapshot) slot(version uint64) *snapshotSlot {
	return (*snapshotSlot)(unsafe.Add(s.slots, uintptr(version%snapshotSlots*s.control.stride)))
}

func (l *snapshotSlot) record(n uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(l), snapshotHead)), n)
}

// Publish replaces the record, waiting as w says for other writers. A Read that
// starts after Publish has returned sees this record or a later one.
//
// Errors: [ErrTimeout] (another writer is publishing), [ErrTooLarge],
// [ErrPermission] (read-only), [ErrNoSpace] (1023 writers are attached).
func (s *Snapshot) Publish(record []byte, w Wait) error {
	if s.region == nil {
		return s.detached("publish")
	}
	c := s.control
	if uint64(len(record)) > c.itemMax {
		return refuse("publish", s.name, ErrTooLarge, "%d bytes, at most %d fit", len(record), c.itemMax)
	}
	if err := s.becomeWriter(); err != nil {
		return err
	}
	if _, err := c.guard.lock(&s.seat, &s.guard, w); err != nil {
		return err // a dead writer's slot is simply filled again
	}
	version := c.current.Load() + 1
	slot := s.slot(version)
	slot.version.Store(0)
	slot.length.Store(uint64(len(record)))
	storeItem(slot.record(uint64(len(record))), record)
	slot.version.Store(version)
	c.current.Store(version)
	c.guard.unlock(&s.seat)
	return nil
}

// becomeWriter takes a seat before the first Publish.
func (s *Snapshot) becomeWriter() error {
	if s.seat.id != 0 {
		return nil
	}
	if s.region.readOnly {
		return refuse("publish", s.name, ErrPermission, "it was opened read-only")
	}
	seat, err := s.region.takeSeat(&s.control.seats)
	if err != nil {
		return err
	}
	s.control.guard.releaseDead(&seat)
	s.seat = seat
	return nil
}

// Read copies the current record to into, and returns its length in bytes and
// its version, which counts the records published, from 1. It never waits.
//
// Errors: [ErrEmpty] (nothing was published yet), [ErrTooLarge] (into is smaller
// than the record).
func (s *Snapshot) Read(into []byte) (n int, version uint64, err error) {
	if s.region == nil {
		return 0, 0, s.detached("read")
	}
	c := s.control
	for {
		version = c.current.Load()
		if version == 0 {
			return 0, 0, ErrEmpty
		}
		slot := s.slot(version)
		if slot.version.Load() != version {
			continue // overtaken by three more records
		}
		length := slot.length.Load()
		if length <= uint64(len(into)) && length <= c.itemMax {
			loadItem(into[:length], slot.record(length))
		}
		if slot.version.Load() != version {
			continue
		}
		switch {
		case length > c.itemMax:
			return 0, 0, refuse("read", s.name, ErrIO, "a record claims %d bytes, at most %d are possible: it was overwritten", length, c.itemMax)
		case length > uint64(len(into)):
			return 0, 0, refuse("read", s.name, ErrTooLarge, "the record has %d bytes, the buffer %d: provide %d", length, len(into), c.itemMax)
		}
		return int(length), version, nil
	}
}

// Detach releases the mapping and the descriptor.
func (s *Snapshot) Detach() error {
	if s.region == nil {
		return s.detached("detach")
	}
	return s.detach()
}
