package linear

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ipckit/ipckit/harness/history"
)

// record runs a body in several threads, each with a recorder, and loads what
// they recorded.
func record(t *testing.T, threads, capacity int, body func(thread int, r *history.Recorder)) *history.History {
	t.Helper()
	var paths []string
	var recorders []*history.Recorder
	dir := t.TempDir()
	for i := range threads {
		paths = append(paths, filepath.Join(dir, fmt.Sprint(i)))
		r, err := history.Create(paths[i], history.Options{Process: uint32(i), Capacity: capacity, Fence: history.FullFence})
		if err != nil {
			t.Fatal(err)
		}
		recorders = append(recorders, r)
	}
	var all sync.WaitGroup
	for i, r := range recorders {
		all.Go(func() { body(i, r) })
	}
	all.Wait()
	for _, r := range recorders {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	h, err := history.Load(paths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func mustAllow(t *testing.T, c Checker, h *history.History) {
	t.Helper()
	if v := c.Check(h); v.Outcome != Allowed {
		t.Errorf("%v: %s", v.Outcome, v.Reason)
		if v.Witness != nil {
			t.Log("\n" + v.Witness.Text())
		}
	}
}

// Real objects that are right, under real contention, raise no alarm.

func TestRealChannel(t *testing.T) {
	const each, room, pairs = 20_000, 8, 2
	queue := make(chan uint64, room)
	h := record(t, 2*pairs, 4*each, func(thread int, r *history.Recorder) {
		tries := true
		for i := 0; i < each; {
			if thread < pairs {
				if r.Left() == each-i {
					tries = false // room for what has to be sent
				}
				v := history.Value(uint32(thread), uint32(i))
				r.Begin(history.Send, 0, v, 0)
				if tries && i%3 == 0 {
					select {
					case queue <- v:
						r.End(history.OK)
						i++
					default:
						r.End(history.Full) // it is sent later
					}
					continue
				}
				queue <- v
				r.End(history.OK)
				i++
				continue
			}
			r.Begin(history.Receive, 0, 0, 0)
			r.EndValue(history.OK, <-queue)
			i++
		}
	})
	mustAllow(t, FIFO{}, h)
	mustAllow(t, Bounded{Capacity: room}, h)
}

func TestRealCounter(t *testing.T) {
	var word atomic.Uint64
	h := record(t, 4, 50_000, func(_ int, r *history.Recorder) {
		for r.Begin(history.Add, 0, 0, 1) {
			r.EndValue(history.OK, word.Add(1)-1)
		}
	})
	mustAllow(t, Counter{}, h)
}

// A counter that reads, and then writes, loses updates.
func TestRealCounterThatLosesUpdates(t *testing.T) {
	var word atomic.Uint64
	h := record(t, 4, 50_000, func(_ int, r *history.Recorder) {
		for r.Begin(history.Add, 0, 0, 1) {
			old := word.Load()
			for i := range 50 {
				_ = i // time for another thread to come between
			}
			word.Store(old + 1)
			r.EndValue(history.OK, old)
		}
	})
	v := Counter{}.Check(h)
	if v.Outcome != Violation {
		t.Skip("no two threads met: one processor?")
	}
	if len(v.Witness.Steps) > 2 {
		t.Errorf("%d operations prove it, expected at most 2\n%s", len(v.Witness.Steps), v.Witness.Text())
	}
}

func TestRealRegister(t *testing.T) {
	var word atomic.Uint64
	const initial = 1 << 60
	word.Store(initial)
	h := record(t, 4, 60_000, func(thread int, r *history.Recorder) {
		for i := uint32(0); r.Left() >= 3; i++ {
			v := history.Value(uint32(thread), i)
			switch i % 3 {
			case 0:
				r.Begin(history.Write, 0, v, 0)
				word.Store(v)
				r.End(history.OK)
			case 1:
				r.Begin(history.Read, 0, 0, 0)
				r.EndValue(history.OK, word.Load())
			case 2:
				expected := word.Load()
				r.BeginSwap(0, expected, v)
				if word.CompareAndSwap(expected, v) {
					r.EndSwap(history.OK, expected)
				} else {
					// What it observed is not known to the caller in Go.
					r.EndSwap(history.Refused, 0)
				}
			}
		}
	})
	mustAllow(t, Register{Initial: initial}, h)
}

func TestRealLocks(t *testing.T) {
	var mutex sync.Mutex
	h := record(t, 4, 40_000, func(thread int, r *history.Recorder) {
		for i := 0; r.Left() >= 2; i++ {
			r.Begin(history.Lock, 0, 0, 0)
			if i%4 == 0 && !mutex.TryLock() {
				r.End(history.Failed)
				continue
			} else if i%4 != 0 {
				mutex.Lock()
			}
			r.End(history.OK)
			r.Begin(history.Unlock, 0, 0, 0)
			mutex.Unlock()
			r.End(history.OK)
		}
	})
	mustAllow(t, Mutex{Relaxed: true}, h) // Go's TryLock may fail beside an unlock
	var rw sync.RWMutex
	h = record(t, 4, 40_000, func(thread int, r *history.Recorder) {
		for r.Left() >= 2 {
			if thread == 0 {
				r.Begin(history.Lock, 0, 0, 0)
				rw.Lock()
				r.End(history.OK)
				r.Begin(history.Unlock, 0, 0, 0)
				rw.Unlock()
			} else {
				r.Begin(history.LockRead, 0, 0, 0)
				rw.RLock()
				r.End(history.OK)
				r.Begin(history.UnlockRead, 0, 0, 0)
				rw.RUnlock()
			}
			r.End(history.OK)
		}
	})
	mustAllow(t, RWLock{}, h)
}
