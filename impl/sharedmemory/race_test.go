//go:build race && (purego || !amd64)

package sharedmemory

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// The algorithms under the race detector, as goroutines over memory of the Go
// heap. Every goroutine has a handle of its own, as a process has. The build is
// the one without assembly, whose stores are those of sync/atomic: the detector
// does not see MOV instructions.
//
//	go test -race -tags purego ./impl/sharedmemory
//
// It cannot see: the assembly of amd64; whether a weaker order than that of
// sync/atomic would do; what a death leaves behind; a race that did not occur in
// this run.

// raceRounds is enough for the two sides to overtake each other, and to sleep.
const raceRounds = 2000

// racing runs f in n goroutines that start at the same time.
func racing(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(watchdog):
		t.Fatalf("not all of %d goroutines have ended after %v", n, watchdog)
	}
	wantError(t, errors.Join(errs...), nil)
}

// detaching detaches a goroutine's handle and adds the error.
func detaching(o interface{ Detach() error }, err *error) { *err = errors.Join(*err, o.Detach()) }

func TestRaceWords(t *testing.T) {
	h, name := newHeap(), freshName(t)
	r, err := Create(name, 64, withMemory(h))
	wantError(t, err, nil)
	racing(t, 4, func(i int) error {
		r, err := Open(name, withMemory(h))
		if err != nil {
			return err
		}
		w, err := r.Word(8)
		if err != nil {
			return err
		}
		for range raceRounds {
			w.Add(1)
			for v := w.Load(); !w.CompareAndSwap(v, v+1); v = w.Load() {
			}
		}
		return r.Close()
	})
	if w, _ := r.Word(8); w.Load() != 4*2*raceRounds {
		t.Errorf("%d, want %d", w.Load(), 4*2*raceRounds)
	}
	wantError(t, r.Close(), nil)
}

// raceCount counts in ordinary memory under a lock, which the detector sees.
// enter opens a goroutine's handle and returns how to lock and unlock it.
func raceCount(t *testing.T, enter func(h *heap, name string, i int) (in, out func() error, err error)) {
	h := newHeap()
	counter, err := Create(freshName(t), 8, withMemory(h))
	wantError(t, err, nil)
	name := freshName(t)
	var opening sync.Mutex // the first one creates
	racing(t, 4, func(i int) error {
		opening.Lock()
		in, out, err := enter(h, name, i)
		opening.Unlock()
		for range raceRounds {
			if err != nil {
				return err
			}
			if err = in(); err == nil {
				b := counter.Bytes()
				binary.NativeEndian.PutUint64(b, binary.NativeEndian.Uint64(b)+1)
				err = out()
			}
		}
		return err
	})
	if n := binary.NativeEndian.Uint64(counter.Bytes()); n != 4*raceRounds {
		t.Errorf("the counter is %d, want %d", n, 4*raceRounds)
	}
	wantError(t, counter.Close(), nil)
}

// either opens an object, or creates it if it does not exist.
func either[T any](open, create func() (T, error)) (T, error) {
	o, err := open()
	if errors.Is(err, ErrNotExist) {
		return create()
	}
	return o, err
}

func TestRaceLocks(t *testing.T) {
	forever := func(f func(Wait) error) func() error { return func() error { return f(Forever) } }
	for kind, enter := range map[string]func(h *heap, name string, i int) (in, out func() error, err error){
		"mutex": func(h *heap, name string, _ int) (in, out func() error, err error) {
			m, err := either(func() (*Mutex, error) { return OpenMutex(name, withMemory(h)) },
				func() (*Mutex, error) { return CreateMutex(name, withMemory(h)) })
			if err != nil {
				return nil, nil, err
			}
			detachAtEnd(t, m)
			return forever(m.Acquire), m.Release, nil
		},
		"fair mutex": func(h *heap, name string, _ int) (in, out func() error, err error) {
			m, err := either(func() (*FairMutex, error) { return OpenFairMutex(name, withMemory(h)) },
				func() (*FairMutex, error) { return CreateFairMutex(name, withMemory(h)) })
			if err != nil {
				return nil, nil, err
			}
			detachAtEnd(t, m)
			return forever(m.Acquire), m.Release, nil
		},
		"semaphore": func(h *heap, name string, _ int) (in, out func() error, err error) {
			s, err := either(func() (*Semaphore, error) { return OpenSemaphore(name, withMemory(h)) },
				func() (*Semaphore, error) { return CreateSemaphore(name, 1, 1, withMemory(h)) })
			if err != nil {
				return nil, nil, err
			}
			detachAtEnd(t, s)
			return forever(s.Wait), s.Post, nil
		},
		"writers": func(h *heap, name string, _ int) (in, out func() error, err error) {
			l, err := either(func() (*RWLock, error) { return OpenRWLock(name, withMemory(h)) },
				func() (*RWLock, error) { return CreateRWLock(name, withMemory(h)) })
			if err != nil {
				return nil, nil, err
			}
			detachAtEnd(t, l)
			return forever(l.AcquireWrite), l.Release, nil
		},
	} {
		t.Run(kind, func(t *testing.T) { raceCount(t, enter) })
	}
}

// Readers read in ordinary memory what writers wrote.
func TestRaceReadersAndWriters(t *testing.T) {
	h, name := newHeap(), freshName(t)
	record, err := Create(freshName(t), 16, withMemory(h))
	wantError(t, err, nil)
	first, err := CreateRWLock(name, withMemory(h))
	wantError(t, err, nil)
	racing(t, 4, func(i int) (err error) {
		l, err := OpenRWLock(name, withMemory(h))
		if err != nil {
			return err
		}
		defer detaching(l, &err)
		b := record.Bytes()
		for n := range raceRounds / 4 {
			if i < 2 {
				if err := l.AcquireWrite(Forever); err != nil {
					return err
				}
				binary.NativeEndian.PutUint64(b, uint64(n))
				binary.NativeEndian.PutUint64(b[8:], uint64(n))
			} else {
				if err := l.AcquireRead(Forever); err != nil {
					return err
				}
				if x, y := binary.NativeEndian.Uint64(b), binary.NativeEndian.Uint64(b[8:]); x != y {
					err = fmt.Errorf("%d and %d", x, y)
				}
			}
			if err = errors.Join(err, l.Release()); err != nil {
				return err
			}
		}
		return nil
	})
	wantError(t, first.Detach(), nil)
	wantError(t, record.Close(), nil)
}

func TestRaceSnapshot(t *testing.T) {
	h, name := newHeap(), freshName(t)
	const size = 40
	first, err := CreateSnapshot(name, size, withMemory(h))
	wantError(t, err, nil)
	wantError(t, first.Publish(make([]byte, size), Forever), nil)
	racing(t, 4, func(i int) (err error) {
		s, err := OpenSnapshot(name, withMemory(h))
		if err != nil {
			return err
		}
		defer detaching(s, &err)
		record := make([]byte, size)
		for n := range raceRounds {
			if i < 2 {
				for at := range record {
					record[at] = byte(n)
				}
				if err := s.Publish(record, Forever); err != nil {
					return err
				}
				continue
			}
			length, _, err := s.Read(record)
			if err != nil || length != size || record[0] != record[size-1] {
				return fmt.Errorf("%d bytes, %v: %w", length, record, err)
			}
		}
		return nil
	})
	wantError(t, first.Detach(), nil)
}

// transfer is what both kinds of buffers can do.
type transfer interface {
	Put([]byte, Wait) error
	Get([]byte, Wait) (int, error)
	Detach() error
}

func TestRaceBuffers(t *testing.T) {
	shape := Shape{Slots: 4, ItemMax: 40} // as many as the ring has, so that a slot is reused as soon as it is free
	for kind, x := range map[string]struct {
		sides  int // producers, and consumers
		create func(name string, h *heap) (transfer, error)
		open   func(name string, h *heap) (transfer, error)
	}{
		"one to one": {1,
			func(name string, h *heap) (transfer, error) { return CreateBuffer(name, shape, withMemory(h)) },
			func(name string, h *heap) (transfer, error) { return OpenBuffer(name, withMemory(h)) }},
		"many": {2,
			func(name string, h *heap) (transfer, error) { return CreateManyBuffer(name, shape, withMemory(h)) },
			func(name string, h *heap) (transfer, error) { return OpenManyBuffer(name, withMemory(h)) }},
	} {
		t.Run(kind, func(t *testing.T) {
			h, name := newHeap(), freshName(t)
			first, err := x.create(name, h)
			wantError(t, err, nil)
			racing(t, 2*x.sides, func(i int) (err error) {
				b, err := x.open(name, h)
				if err != nil {
					return err
				}
				defer detaching(b, &err)
				into, item := make([]byte, shape.ItemMax), make([]byte, 0, shape.ItemMax)
				for n := range raceRounds {
					if i < x.sides {
						item = item[:n%(shape.ItemMax+1)]
						for at := range item {
							item[at] = byte(len(item))
						}
						err = b.Put(item, Forever)
					} else if length, e := b.Get(into, Forever); e != nil || length > 0 && into[length-1] != byte(length) {
						err = fmt.Errorf("%v: %w", into[:length], e)
					}
					if err != nil {
						return err
					}
					if n%64 == 0 {
						runtime.Gosched()
					}
				}
				return nil
			})
			wantError(t, first.Detach(), nil)
		})
	}
}

// A seeded race is reported on the heap and not in a mapping, which is why there
// is a heap.
func TestRaceIsSeenOnTheHeapAlone(t *testing.T) {
	const variable = "SHAREDMEMORY_TEST_RACE"
	if where := os.Getenv(variable); where != "" {
		m := memory(mapped{})
		if where == "heap" {
			m = newHeap()
		}
		r, err := Create(freshName(t), 8, withMemory(m))
		wantError(t, err, nil)
		racing(t, 2, func(int) error {
			for range raceRounds {
				r.Bytes()[0]++
			}
			return nil
		})
		wantError(t, r.Close(), nil)
		return
	}
	for where, seen := range map[string]bool{"heap": true, "mapping": false} {
		c := exec.Command(os.Args[0], "-test.run=^TestRaceIsSeenOnTheHeapAlone$", "-test.count=1")
		c.Env = append(os.Environ(), variable+"="+where)
		output, err := c.CombinedOutput()
		if got := strings.Contains(string(output), "DATA RACE"); got != seen || (err != nil) != seen {
			t.Errorf("an unlocked count in memory of the %s: reported %v, want %v; %v\n%s", where, got, seen, err, output)
		}
	}
}
