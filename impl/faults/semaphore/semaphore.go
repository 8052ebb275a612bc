// Package semaphore has counting semaphores, with or without a fault: a number
// in a shared region, and a futex on it for the processes that find it zero.
package semaphore

import (
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

type semaphores struct {
	fault   Fault
	regions *region.Regions
}

// Semaphores makes semaphores, in regions with a fault of theirs.
func Semaphores(f Fault, in region.Fault) subject.Semaphores { return semaphores{f, region.New(in)} }

type semaphore struct {
	fault Fault
	*region.Region
	*state
	taken int // permits, of CountsUnlocked
}

type state struct {
	value, maximum atomic.Uint32
	debt           atomic.Uint32 // of RefusalCosts and AbsorbsAWake
	sleepers       atomic.Uint32 // of AbsorbsAWake
	posts, waits   atomic.Uint32 // so far, of CountsIn16Bits
}

func (ss semaphores) Create(name string, s subject.Stock) (subject.Semaphore, error) {
	if s.Maximum < 1 || s.Maximum > 1<<31-1 || s.Initial < 0 || s.Initial > s.Maximum {
		return nil, subject.Errorf(subject.Invalid, "%d of at most %d", s.Initial, s.Maximum)
	}
	r, err := ss.regions.CreateMapping(name, int64(unsafe.Sizeof(state{})), func(r *region.Region) {
		made := ss.attach(r)
		made.maximum.Store(uint32(s.Maximum))
		made.value.Store(uint32(s.Initial))
		made.posts.Store(uint32(s.Initial))
	})
	if err != nil {
		return nil, err
	}
	return ss.attach(r), nil
}

func (ss semaphores) Open(name string) (subject.Semaphore, error) {
	r, err := ss.regions.OpenMapping(name, false)
	if err != nil {
		return nil, err
	}
	return ss.attach(r), nil
}

func (ss semaphores) Unlink(name string) error { return ss.regions.Unlink(name) }

func (ss semaphores) attach(r *region.Region) *semaphore {
	return &semaphore{fault: ss.fault, Region: r, state: (*state)(unsafe.Pointer(&r.Memory[0]))}
}

// take takes a permit if there is one.
func (s *semaphore) take() bool {
	for {
		v := s.value.Load()
		switch {
		case v == 0, s.fault == CountsIn16Bits && uint16(s.waits.Load()) >= uint16(s.posts.Load()):
			return false
		case s.fault == CountsUnlocked:
			s.taken++
			waiting.Dawdle(s.taken)
			s.value.Store(v - 1)
			return true
		case s.value.CompareAndSwap(v, v-1):
			s.waits.Add(1)
			return true
		}
	}
}

func (s *semaphore) Wait(wait subject.Wait) error {
	switch {
	case s.fault == TryWaits && wait == subject.Never:
		wait = subject.Forever
	case s.fault == DeadlineEarly && wait > 0:
		wait /= 2
	case s.fault == NanosecondsNotCarried:
		wait = waiting.NotCarried(wait)
	case s.fault == LimitIn32Bits:
		wait = waiting.In32Bits(wait)
	}
	limit := waiting.Until(wait)
	for !s.take() {
		var left time.Duration
		switch {
		case s.fault == ZeroPasses && wait != subject.Never:
			return nil
		case s.fault == Spins && wait == subject.Forever:
			continue
		case wait == subject.Never:
			if s.fault == RefusalCosts {
				s.debt.Store(1)
			}
			return subject.Errorf(subject.Timeout, "")
		case wait > 0:
			left = time.Until(limit)
			if left <= 0 {
				switch {
				case s.fault == LooksOnceMore:
					s.take()
				case s.fault == AbsorbsAWake && s.sleepers.Load() > 0:
					s.debt.Store(1)
				}
				return subject.Errorf(subject.Timeout, "")
			}
		}
		s.sleepers.Add(1)
		interrupted := false
		if s.fault == CountsIn16Bits && s.value.Load() > 0 {
			interrupted = waiting.Sleep(&s.waits, s.waits.Load(), left)
		} else {
			interrupted = waiting.Sleep(&s.value, 0, left)
		}
		s.sleepers.Add(^uint32(0))
		if interrupted && s.fault == EINTRIsSuccess {
			return nil
		}
	}
	return nil
}

func (s *semaphore) Post() error {
	if s.fault == PostsLate {
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
		case v >= s.maximum.Load() && s.fault != Overflows:
			return subject.Errorf(subject.Full, "%d", v)
		case !s.value.CompareAndSwap(v, v+1):
			continue
		}
		s.posts.Add(1)
		if v == 0 || s.fault != WakesAtZero {
			waiting.Wake(&s.value, 1)
		}
		return nil
	}
}

func (s *semaphore) Detach() error {
	if s.fault == MappingLeaks {
		return nil
	}
	return s.Region.Detach()
}
