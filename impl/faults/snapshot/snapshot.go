// Package snapshot has snapshots, with or without a fault.
//
// A snapshot is a ring of four records in a shared region. A writer holds a lock
// of the kernel's, which ends with its process, and fills the slot after the
// current one. A reader copies the current slot, then looks whether three more
// records were published meanwhile, since the slot may have been filled again
// by then.
package snapshot

import (
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

type snapshots struct {
	fault   Fault
	regions *region.Regions
}

// Snapshots makes snapshots, in regions with a fault of theirs.
func Snapshots(f Fault, in region.Fault) subject.Snapshots { return snapshots{f, region.New(in)} }

type snapshot struct {
	fault Fault
	*region.Region
	*state
	fd     int    // of the file, for the kernel's lock
	number uint32 // of the process, in the order in which they attached
	reads  int    // so far, of VersionIn8Bits
}

type state struct {
	recordMax      uint64
	current        atomic.Uint64 // version; 0 before the first
	writing        atomic.Uint64 // of OddForEver: 1 while a record is being written
	attached, left atomic.Uint32 // processes so far, of DeadKeepPlaces
	_              [32]byte
}

const slots = 4

func (ss snapshots) Create(name string, recordMax int64) (subject.Snapshot, error) {
	if recordMax < 0 || recordMax > 1<<20 {
		return nil, subject.Errorf(subject.Invalid, "records of %d bytes", recordMax)
	}
	r, err := ss.regions.CreateMapping(name, int64(unsafe.Sizeof(state{}))+slots*slotSize(recordMax), func(r *region.Region) {
		(*state)(unsafe.Pointer(&r.Memory[0])).recordMax = uint64(recordMax)
	})
	if err != nil {
		return nil, err
	}
	s, err := ss.attach(name, r)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (ss snapshots) Open(name string) (subject.Snapshot, error) {
	r, err := ss.regions.OpenMapping(name, false)
	if err != nil {
		return nil, err
	}
	s, err := ss.attach(name, r)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (ss snapshots) Unlink(name string) error { return ss.regions.Unlink(name) }

func (ss snapshots) attach(name string, r *region.Region) (*snapshot, error) {
	fd, err := unix.Open(r.Path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = r.Detach()
		return nil, region.Error(err, name)
	}
	s := &snapshot{fault: ss.fault, Region: r, state: (*state)(unsafe.Pointer(&r.Memory[0])), fd: fd}
	s.number = s.attached.Add(1)
	return s, nil
}

// takePlace waits until one of the places is free. A process that died has not given
// back its place.
func (s *snapshot) takePlace() {
	const places = 4
	for left := s.left.Load(); s.number > left+places; left = s.left.Load() {
		waiting.Sleep(&s.left, left, 0)
	}
}

// slotSize is the bytes of a length and a record, up to a multiple of 8.
func slotSize(recordMax int64) int64 { return (recordMax + 15) &^ 7 }

// slot is where a version stands: its length in 8 bytes, then the record.
func (s *snapshot) slot(version uint64) (length *uint64, record []byte) {
	switch {
	case s.fault == InPlace:
		version = 0
	case s.fault == TwoSlots:
		version %= 2
	}
	size := slotSize(int64(s.recordMax))
	at := s.Memory[int64(unsafe.Sizeof(state{}))+int64(version%slots)*size:][:size]
	return (*uint64)(unsafe.Pointer(&at[0])), at[8:]
}

// guarded runs f while no other process does.
func (s *snapshot) guarded(f func()) { waiting.Alone(s.fd, f) }

func (s *snapshot) Publish(p []byte) error {
	if uint64(len(p)) > s.recordMax {
		return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(p), s.recordMax)
	}
	if s.fault == DeadKeepPlaces {
		s.takePlace()
	}
	if s.fault == PublishedLate && s.current.Load() > 0 {
		late := append([]byte(nil), p...)
		time.AfterFunc(3*time.Millisecond, func() { s.guarded(func() { s.fill(late) }) })
		return nil
	}
	s.guarded(func() { s.fill(p) })
	return nil
}

func (s *snapshot) fill(p []byte) {
	version := s.current.Load() + 1
	length, record := s.slot(version)
	s.writing.Store(1)
	*length = uint64(len(p))
	copy(record, p)
	if s.fault == OddForEver {
		waiting.Dawdle(int(version))
	}
	s.writing.Store(0)
	s.current.Store(version)
}

func (s *snapshot) Read(into []byte) (n int, err error) {
	if s.fault == ReadersExclude {
		s.guarded(func() { n, err = s.read(into) })
		return n, err
	}
	return s.read(into)
}

func (s *snapshot) read(into []byte) (int, error) {
	for {
		version := s.current.Load()
		if version == 0 {
			return 0, subject.Errorf(subject.Empty, "")
		}
		for s.fault == OddForEver && s.writing.Load() != 0 {
		}
		length, record := s.slot(version)
		n := min(atomic.LoadUint64(length), s.recordMax)
		if n <= uint64(len(into)) {
			half := n / 2
			copy(into, record[:half])
			if s.fault == VersionIn8Bits {
				s.reads++
				waiting.Dawdle(s.reads)
			}
			copy(into[half:], record[half:n])
		}
		switch {
		case s.since(version) > slots-2 && s.fault != InPlace && s.fault != TwoSlots:
		case n > uint64(len(into)):
			return 0, subject.Errorf(subject.TooLarge, "the record has %d bytes", n)
		default:
			return int(n), nil
		}
	}
}

// since is how many records were published since a version.
func (s *snapshot) since(version uint64) uint64 {
	n := s.current.Load() - version
	if s.fault == VersionIn8Bits {
		n &= 0xff
	}
	return n
}

func (s *snapshot) Detach() error {
	s.left.Add(1)
	waiting.Wake(&s.left, waiting.All)
	if s.fault == ThreadStays { // to look for news, and is never stopped
		go func() { runtime.LockOSThread(); select {} }()
	}
	_ = unix.Close(s.fd)
	return s.Region.Detach()
}
