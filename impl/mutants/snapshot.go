package mutants

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// snapshots are a ring of four records. Writers take turns by a lock of the
// kernel's, which ends with its process; the next one fills the slot after the
// current. A reader copies the current slot and looks whether three more were
// published meanwhile, since then its slot may have been filled again.
type snapshots struct {
	fault
	regions *regions
}

type snapshot struct {
	fault
	*region
	*album
	fd     int
	number uint32 // of the process, by when it came
}

type album struct {
	recordMax  uint64
	current    atomic.Uint64 // 0 before the first
	odd        atomic.Uint64 // of snap-odd-for-ever
	came, left atomic.Uint32 // processes; of snap-dead-keep-places
	_          [32]byte
}

const albumSlots = 4

func (ss snapshots) Create(name string, recordMax int64) (subject.Snapshot, error) {
	if recordMax < 0 || recordMax > 1<<20 {
		return nil, subject.Errorf(subject.Invalid, "records of %d bytes", recordMax)
	}
	m, err := ss.regions.create(name, int64(unsafe.Sizeof(album{}))+albumSlots*slotSize(recordMax+4))
	if err != nil {
		return nil, err
	}
	s, err := ss.attach(name, m)
	if err != nil {
		return nil, err
	}
	s.recordMax = uint64(recordMax)
	return s, nil
}

func (ss snapshots) Open(name string) (subject.Snapshot, error) {
	m, err := ss.regions.open(name, false)
	if err != nil {
		return nil, err
	}
	s, err := ss.attach(name, m)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (ss snapshots) Unlink(name string) error { return ss.regions.Unlink(name) }

func (ss snapshots) attach(name string, m *region) (*snapshot, error) {
	fd, err := unix.Open(m.path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = m.Detach()
		return nil, kind(err, name)
	}
	s := &snapshot{fault: ss.fault, region: m, album: (*album)(unsafe.Pointer(&m.memory[0])), fd: fd}
	s.number = s.came.Add(1)
	return s, nil
}

// takePlace waits until there is one for the process.
func (s *snapshot) takePlace() {
	const places = 4
	for left := s.left.Load(); s.number > left+places; left = s.left.Load() {
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&s.left)), futexWait, uintptr(left), 0, 0, 0)
	}
}

// slot is the place of a version: its length in 8 bytes, then the record.
func (s *snapshot) slot(version uint64) (length *uint64, record []byte) {
	switch {
	case s.is("snap-in-place"):
		version = 0
	case s.is("snap-two-slots"):
		version %= 2
	}
	size := slotSize(int64(s.recordMax) + 4)
	at := s.memory[int64(unsafe.Sizeof(album{}))+int64(version%albumSlots)*size:][:size]
	return (*uint64)(unsafe.Pointer(&at[0])), at[8:]
}

// guarded runs f while no other writer is at work.
func (s *snapshot) guarded(f func()) {
	_ = lockByte(s.fd, unix.F_OFD_SETLKW, unix.F_WRLCK, guardByte)
	defer func() { _ = lockByte(s.fd, unix.F_OFD_SETLK, unix.F_UNLCK, guardByte) }()
	f()
}

func (s *snapshot) Publish(p []byte) error {
	if uint64(len(p)) > s.recordMax {
		return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(p), s.recordMax)
	}
	if s.is("snap-dead-keep-places") {
		s.takePlace()
	}
	if s.is("snap-published-late") && s.current.Load() > 0 {
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
	s.odd.Store(1)
	*length = uint64(len(p))
	copy(record, p)
	if s.is("snap-odd-for-ever") {
		dawdle(int(version))
	}
	s.odd.Store(0)
	s.current.Store(version)
}

func (s *snapshot) Read(into []byte) (n int, err error) {
	if s.is("snap-readers-exclude") {
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
		for s.is("snap-odd-for-ever") && s.odd.Load() != 0 {
		}
		length, record := s.slot(version)
		n := min(atomic.LoadUint64(length), s.recordMax)
		if n <= uint64(len(into)) {
			copy(into, record[:n])
		}
		switch {
		case s.current.Load() > version+albumSlots-2 && !s.is("snap-in-place") && !s.is("snap-two-slots"):
		case n > uint64(len(into)):
			return 0, subject.Errorf(subject.TooLarge, "the record has %d bytes", n)
		default:
			return int(n), nil
		}
	}
}

func (s *snapshot) Detach() error {
	s.left.Add(1)
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&s.left)), futexWake, 1<<30, 0, 0, 0)
	_ = unix.Close(s.fd)
	return s.region.Detach()
}
