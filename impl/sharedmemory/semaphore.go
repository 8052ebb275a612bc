package sharedmemory

import "sync/atomic"

// A Semaphore is Dijkstra's counting semaphore between processes (Cooperating
// Sequential Processes, 1965; Silberschatz, Galvin, Gagne, §6.6): Wait takes a
// unit, waiting until there is one; Post adds one.
//
// The value is one word, changed by compare-and-swap, which is a full barrier:
// what was written before a Post is visible after the Wait that took its unit,
// and all operations have one order. A Wait that finds no unit spins briefly and
// then sleeps on an event count. A unit that a killed process had taken is lost,
// as with POSIX semaphores: a semaphore has no owner.
//
// A handle may be used by several goroutines at once.
type Semaphore struct {
	object
	control *semaphoreControl
}

type semaphoreControl struct {
	value  atomic.Uint32
	max    uint32 // constant
	_      [120]byte
	posted eventCount
	_      [124]byte
}

// SemaphoreMax is the largest maximum of a semaphore.
const SemaphoreMax = 1<<31 - 1

// CreateSemaphore makes a new semaphore with the given value, which will never
// exceed max. Errors: [ErrExist], [ErrInvalid] (name or numbers), [ErrNoSpace],
// [ErrPermission].
func CreateSemaphore(name string, value, max int, options ...Option) (*Semaphore, error) {
	if max < 1 || max > SemaphoreMax || value < 0 || value > max {
		return nil, refuse("create semaphore", quote(name), ErrInvalid,
			"value %d of at most %d, expected 0 ≤ value ≤ maximum and 1 ≤ maximum ≤ %d", value, max, SemaphoreMax)
	}
	r, c, err := createControl(name, kindSemaphore, 0, options, func(c *semaphoreControl) {
		c.max = uint32(max)
		c.value.Store(uint32(value))
	})
	if err != nil {
		return nil, err
	}
	return &Semaphore{object: newObject(r), control: c}, nil
}

// OpenSemaphore returns a handle on an existing semaphore. Errors:
// [ErrNotExist], [ErrInvalid] (the name, or the object is no semaphore),
// [ErrPermission].
func OpenSemaphore(name string, options ...Option) (*Semaphore, error) {
	r, c, err := openControl(name, kindSemaphore, options, fixedSize[semaphoreControl])
	if err != nil {
		return nil, err
	}
	return &Semaphore{object: newObject(r), control: c}, nil
}

// UnlinkSemaphore removes the name of a semaphore. Attached handles remain
// usable. Errors as for [Unlink].
func UnlinkSemaphore(name string) error { return Unlink(name) }

// Value is the current number of units; 0 after Detach.
func (s *Semaphore) Value() int {
	if s.region == nil {
		return 0
	}
	return int(s.control.value.Load())
}

// Wait (P) takes a unit, waiting for one as w says. Errors: [ErrTimeout] (with
// [Never]: there is none).
func (s *Semaphore) Wait(w Wait) error {
	if s.region == nil {
		return s.detached("wait")
	}
	if s.take() {
		return nil
	}
	if w == Never {
		return ErrTimeout
	}
	var spin spinner
	spin.until(func() bool { return s.control.value.Load() > 0 })
	deadline := w.deadline()
	for {
		if s.take() {
			return nil
		}
		limit, expired := sleepUntil(deadline)
		if expired {
			return ErrTimeout
		}
		v := s.control.posted.prepare()
		if s.control.value.Load() == 0 {
			s.control.posted.sleep(v, limit)
		}
	}
}

// take takes a unit if there is one.
func (s *Semaphore) take() bool {
	for {
		v := s.control.value.Load()
		if v == 0 {
			return false
		}
		if s.control.value.CompareAndSwap(v, v-1) {
			return true
		}
	}
}

// Post (V) adds a unit, and lets one waiter continue. Errors: [ErrFull] (the
// value is the maximum and stays so).
func (s *Semaphore) Post() error {
	if s.region == nil {
		return s.detached("post")
	}
	for {
		v := s.control.value.Load()
		if v >= s.control.max {
			return refuse("post", s.name, ErrFull, "it has %d units, its maximum", v)
		}
		if s.control.value.CompareAndSwap(v, v+1) {
			s.control.posted.wake(1)
			return nil
		}
	}
}

// Detach releases the mapping and the descriptor.
func (s *Semaphore) Detach() error {
	if s.region == nil {
		return s.detached("detach")
	}
	return s.detach()
}
