package sharedmemory

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// locker is what both mutexes, and a writer's lock, can do.
type locker interface {
	Acquire(Wait) error
	Release() error
	Detach() error
	Name() string
}

// writerOnly uses a reader–writer lock as a mutex.
type writerOnly struct{ *RWLock }

func (l writerOnly) Acquire(w Wait) error { return l.AcquireWrite(w) }

var lockers = map[string]struct {
	create func(name string) (locker, error)
	open   func(name string) (locker, error)
}{
	"mutex": {
		func(name string) (locker, error) { return CreateMutex(name) },
		func(name string) (locker, error) { return OpenMutex(name) },
	},
	"fair mutex": {
		func(name string) (locker, error) { return CreateFairMutex(name) },
		func(name string) (locker, error) { return OpenFairMutex(name) },
	},
	"writers": {
		func(name string) (locker, error) { l, err := CreateRWLock(name); return writerOnly{l}, err },
		func(name string) (locker, error) { l, err := OpenRWLock(name); return writerOnly{l}, err },
	},
}

// detachAtEnd detaches an object when the test ends.
func detachAtEnd(t testing.TB, o interface{ Detach() error }) {
	t.Cleanup(func() { _ = o.Detach() })
}

// attached is an object that was created or opened, until the test ends.
func attached[T interface{ Detach() error }](t testing.TB, o T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	detachAtEnd(t, o)
	return o
}

func eachLocker(t *testing.T, test func(t *testing.T, kind string, l locker, open func() locker)) {
	t.Parallel()
	for kind, k := range lockers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l, err := k.create(freshName(t))
			if err != nil {
				t.Fatal(err)
			}
			detachAtEnd(t, l)
			test(t, kind, l, func() locker {
				o, err := k.open(l.Name())
				if err != nil {
					t.Fatal(err)
				}
				detachAtEnd(t, o)
				return o
			})
		})
	}
}

func TestLockRefusals(t *testing.T) {
	eachLocker(t, func(t *testing.T, _ string, a locker, open func() locker) {
		b := open()
		wantError(t, a.Release(), ErrInvalid)
		for range 3 {
			wantError(t, a.Acquire(Never), nil)
			wantError(t, b.Acquire(Never), ErrTimeout)
			begin := time.Now()
			wantError(t, b.Acquire(Wait(130*time.Millisecond)), ErrTimeout)
			if d := time.Since(begin); d < 130*time.Millisecond {
				t.Fatalf("gave up after %v", d)
			}
			wantError(t, b.Release(), ErrInvalid)
			wantError(t, a.Acquire(Never), ErrInvalid)
			wantError(t, a.Detach(), ErrInvalid)
			wantError(t, a.Release(), nil)
			wantError(t, a.Release(), ErrInvalid)
			wantError(t, b.Acquire(Forever), nil)
			wantError(t, a.Acquire(Never), ErrTimeout)
			wantError(t, b.Release(), nil)
		}
		wantError(t, b.Detach(), nil)
		for _, err := range []error{b.Detach(), b.Acquire(Never), b.Release()} {
			wantError(t, err, ErrInvalid)
		}
		wantError(t, a.Acquire(Never), nil)
		wantError(t, a.Release(), nil)
	})
}

// partCount adds to a number under a lock, byte by byte: two processes inside at
// once show in the sum.
func partCount(arguments []string) error {
	l, err := lockers[arguments[0]].open(arguments[1])
	if err != nil {
		return err
	}
	r, err := Open(arguments[2])
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(arguments[3])
	fmt.Println("ready")
	waitForOrder()
	numbers := r.Bytes()
	for range n {
		if err := l.Acquire(Forever); err != nil && !errors.Is(err, ErrOwnerDead) {
			return err
		}
		if n < 1000 { // makes a death inside likely
			pause(1000)
		}
		increment(numbers)
		if err := l.Release(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return l.Detach()
}

// increment adds one to a number of three bytes, byte by byte.
func increment(number []byte) {
	for i := range 3 {
		number[i]++
		if number[i] != 0 {
			return
		}
	}
}

func number(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func TestLockExcludes(t *testing.T) {
	eachLocker(t, func(t *testing.T, kind string, l locker, _ func() locker) {
		r := mustCreate(t, freshName(t), 8)
		const workers, times = 4, 5000
		together(t, workers, "count", kind, l.Name(), r.Name(), times)
		if got := number(r.Bytes()); got != workers*times {
			t.Fatalf("%d increments, the number is %d", workers*times, got)
		}
	})
}

// partHold takes a lock and keeps it until it reads a line.
func partHold(arguments []string) error {
	l, err := lockers[arguments[0]].open(arguments[1])
	if err != nil {
		return err
	}
	err = l.Acquire(Forever)
	fmt.Println("has it:", err)
	waitForOrder()
	return errors.Join(l.Release(), l.Detach())
}

func TestLockSurvivesItsOwner(t *testing.T) {
	eachLocker(t, func(t *testing.T, kind string, l locker, open func() locker) {
		p := start(t, "hold", kind, l.Name())
		p.expect("has it: <nil>")
		answer := make(chan error, 1)
		go func() { answer <- l.Acquire(Forever) }()
		time.Sleep(150 * time.Millisecond)
		if len(answer) != 0 {
			t.Fatalf("acquired a lock that is held: %v", <-answer)
		}
		p.kill()
		wantError(t, <-answer, ErrOwnerDead)
		wantError(t, l.Release(), nil)
		wantError(t, l.Acquire(Never), nil)
		wantError(t, l.Release(), nil)

		p = start(t, "hold", kind, l.Name())
		p.expect("has it: <nil>")
		p.kill()
		o := open() // takes the dead owner's seat
		wantError(t, o.Acquire(Never), ErrOwnerDead)
		wantError(t, o.Release(), nil)
		wantError(t, l.Acquire(Never), nil)
		wantError(t, l.Release(), nil)
	})
}

func TestLockForgetsDeadWaiters(t *testing.T) {
	eachLocker(t, func(t *testing.T, kind string, l locker, _ func() locker) {
		wantError(t, l.Acquire(Never), nil)
		for range 3 {
			p := start(t, "hold", kind, l.Name())
			time.Sleep(20 * time.Millisecond)
			p.kill()
		}
		wantError(t, l.Release(), nil)
		wantError(t, l.Acquire(Forever), nil)
		wantError(t, l.Release(), nil)
	})
}

func TestLockUnderRandomDeath(t *testing.T) {
	eachLocker(t, func(t *testing.T, kind string, l locker, _ func() locker) {
		r := mustCreate(t, freshName(t), 8)
		rounds := 8 * *effort
		for range rounds {
			var processes []*process
			for range 4 {
				p := start(t, "count", kind, l.Name(), r.Name(), 100)
				p.expect("ready")
				p.order("go")
				processes = append(processes, p)
			}
			for _, p := range processes[:3] {
				time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				p.kill()
			}
			processes[3].expect("done")
			processes[3].finish()
			if err := l.Acquire(Forever); err != nil && !errors.Is(err, ErrOwnerDead) {
				t.Fatal(err)
			}
			wantError(t, l.Release(), nil)
		}
		if got := number(r.Bytes()); got < rounds*100 {
			t.Fatalf("%d increments, those not killed made %d", got, rounds*100)
		}
	})
}

func TestFairMutexKeepsTheOrder(t *testing.T) {
	t.Parallel()
	l, err := CreateFairMutex(freshName(t))
	wantError(t, err, nil)
	detachAtEnd(t, l)
	wantError(t, l.Acquire(Never), nil)
	const n = 6
	order := make(chan int, n)
	for i := range n {
		o, err := OpenFairMutex(l.Name())
		wantError(t, err, nil)
		go func() {
			if err := o.Acquire(Forever); err != nil {
				t.Error(err)
			}
			order <- i
			if err := errors.Join(o.Release(), o.Detach()); err != nil {
				t.Error(err)
			}
		}()
		for l.lock.table.waitingCount() != i+1 {
			time.Sleep(time.Millisecond)
		}
	}
	wantError(t, l.Release(), nil)
	for i := range n {
		if got := <-order; got != i {
			t.Fatalf("handle %d got the lock as number %d", got, i)
		}
	}
}

// waitingCount is the number of waiters that want the lock.
func (t *lockTable) waitingCount() int {
	n := 0
	for i := range t.used() {
		if m := t.waiters[i].mode.Load(); m == wantsToRead || m == wantsToWrite {
			n++
		}
	}
	return n
}

func TestRWLockSharesAndExcludes(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	a, err := CreateRWLock(name)
	wantError(t, err, nil)
	detachAtEnd(t, a)
	var o [4]*RWLock
	for i := range o {
		o[i], err = OpenRWLock(name)
		wantError(t, err, nil)
		detachAtEnd(t, o[i])
	}
	wantError(t, a.AcquireRead(Never), nil)
	wantError(t, o[0].AcquireRead(Forever), nil)
	wantError(t, o[1].AcquireWrite(Never), ErrTimeout)
	wantError(t, a.AcquireWrite(Never), ErrInvalid)

	// A waiting writer holds up later readers until it gives up.
	answer := make(chan error, 1)
	go func() { answer <- o[1].AcquireWrite(Wait(200 * time.Millisecond)) }()
	for a.lock.table.waitingCount() != 1 {
		time.Sleep(time.Millisecond)
	}
	wantError(t, o[2].AcquireRead(Never), ErrTimeout)
	late := make(chan error, 1)
	go func() { late <- o[2].AcquireRead(Forever) }()
	wantError(t, <-answer, ErrTimeout)
	wantError(t, <-late, nil)

	go func() { answer <- o[1].AcquireWrite(Forever) }()
	for _, reader := range []*RWLock{a, o[0], o[2]} {
		time.Sleep(5 * time.Millisecond)
		if len(answer) != 0 {
			t.Fatal("a writer has the lock together with readers")
		}
		wantError(t, reader.Release(), nil)
	}
	wantError(t, <-answer, nil)
	wantError(t, o[3].AcquireRead(Never), ErrTimeout)
	wantError(t, o[1].Release(), nil)
	wantError(t, o[3].AcquireRead(Never), nil)
	wantError(t, o[3].Release(), nil)
}

// partReadHold takes a lock for reading and keeps it until it reads a line.
func partReadHold(arguments []string) error {
	l, err := OpenRWLock(arguments[0])
	if err != nil {
		return err
	}
	fmt.Println("has it:", l.AcquireRead(Forever))
	waitForOrder()
	return errors.Join(l.Release(), l.Detach())
}

func TestRWLockForgetsDeadReaders(t *testing.T) {
	t.Parallel()
	l, err := CreateRWLock(freshName(t))
	wantError(t, err, nil)
	detachAtEnd(t, l)
	p := start(t, "readhold", l.Name())
	p.expect("has it: <nil>")
	q := start(t, "readhold", l.Name())
	q.expect("has it: <nil>")
	p.kill()
	wantError(t, l.AcquireWrite(Never), ErrTimeout)
	answer := make(chan error, 1)
	go func() { answer <- l.AcquireWrite(Forever) }()
	time.Sleep(120 * time.Millisecond)
	if len(answer) != 0 {
		t.Fatal("a writer has the lock together with a reader")
	}
	q.kill()
	wantError(t, <-answer, nil)
	wantError(t, l.Release(), nil)
}

func TestRWLockReportsDeadWriterToReaders(t *testing.T) {
	t.Parallel()
	l, err := CreateRWLock(freshName(t))
	wantError(t, err, nil)
	detachAtEnd(t, l)
	p := start(t, "hold", "writers", l.Name())
	p.expect("has it: <nil>")
	p.kill()
	for range 2 {
		wantError(t, l.AcquireRead(Forever), ErrOwnerDead)
		wantError(t, l.Release(), nil)
	}
	wantError(t, l.AcquireWrite(Forever), ErrOwnerDead)
	wantError(t, l.Release(), nil)
	wantError(t, l.AcquireRead(Forever), nil)
	wantError(t, l.Release(), nil)
}
