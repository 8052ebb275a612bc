package mutants

import (
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// semaphores are a number on which those sleep who find it zero.
type semaphores struct {
	fault
	regions *regions
}

type semaphore struct {
	fault
	*region
	*stock
	taken int
}

type stock struct {
	value, maximum atomic.Uint32
	debt           atomic.Uint32 // of sem-refusal-costs
}

func (ss semaphores) Create(name string, s subject.Stock) (subject.Semaphore, error) {
	if s.Maximum < 1 || s.Maximum > 1<<31-1 || s.Initial < 0 || s.Initial > s.Maximum {
		return nil, subject.Errorf(subject.Invalid, "%d of at most %d", s.Initial, s.Maximum)
	}
	m, err := ss.regions.create(name, int64(unsafe.Sizeof(stock{})))
	if err != nil {
		return nil, err
	}
	made := ss.attach(m)
	made.maximum.Store(uint32(s.Maximum))
	made.value.Store(uint32(s.Initial))
	return made, nil
}

func (ss semaphores) Open(name string) (subject.Semaphore, error) {
	m, err := ss.regions.open(name, false)
	if err != nil {
		return nil, err
	}
	return ss.attach(m), nil
}

func (ss semaphores) Unlink(name string) error { return ss.regions.Unlink(name) }

func (ss semaphores) attach(m *region) *semaphore {
	return &semaphore{fault: ss.fault, region: m, stock: (*stock)(unsafe.Pointer(&m.memory[0]))}
}

// take takes one if there is one.
func (s *semaphore) take() bool {
	for {
		v := s.value.Load()
		switch {
		case v == 0:
			return false
		case s.is("sem-counts-unlocked"):
			s.taken++
			dawdle(s.taken)
			s.value.Store(v - 1)
			return true
		case s.value.CompareAndSwap(v, v-1):
			return true
		}
	}
}

func (s *semaphore) Wait(wait subject.Wait) error {
	switch {
	case s.is("sem-try-waits") && wait == subject.Never:
		wait = subject.Forever
	case s.is("sem-deadline-early") && wait > 0:
		wait /= 2
	}
	limit := deadline(wait)
	for !s.take() {
		var timeout *unix.Timespec
		switch {
		case s.is("sem-zero-passes") && wait != subject.Never:
			return nil
		case s.is("sem-spins") && wait == subject.Forever:
			continue
		case wait == subject.Never:
			if s.is("sem-refusal-costs") {
				s.debt.Store(1)
			}
			return subject.Errorf(subject.Timeout, "")
		case wait > 0:
			left := time.Until(limit)
			if left <= 0 {
				if s.is("sem-looks-once-more") {
					s.take()
				}
				return subject.Errorf(subject.Timeout, "")
			}
			timeout = new(unix.NsecToTimespec(left.Nanoseconds()))
		}
		_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&s.value)), futexWait, 0, uintptr(unsafe.Pointer(timeout)), 0, 0)
		if errno == unix.EINTR && s.is("sem-eintr-is-success") {
			return nil
		}
	}
	return nil
}

func (s *semaphore) Post() error {
	if s.is("sem-posts-late") {
		go func() {
			time.Sleep(2 * time.Millisecond)
			_ = s.post()
		}()
		return nil
	}
	return s.post()
}

func (s *semaphore) post() error {
	if s.debt.CompareAndSwap(1, 0) {
		return nil
	}
	for {
		v := s.value.Load()
		switch {
		case v >= s.maximum.Load() && !s.is("sem-overflows"):
			return subject.Errorf(subject.Full, "%d", v)
		case !s.value.CompareAndSwap(v, v+1):
			continue
		}
		if v == 0 || !s.is("sem-wakes-at-zero") {
			_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&s.value)), futexWake, 1, 0, 0, 0)
		}
		return nil
	}
}
