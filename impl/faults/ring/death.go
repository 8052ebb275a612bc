package ring

import (
	"sync"
	"time"
)

// later is what an operation leaves to another thread, and what is lost if the
// process dies. The next operation waits for it.
type later struct{ pending sync.WaitGroup }

func (l *later) begin(f func()) {
	l.pending.Go(func() {
		time.Sleep(200 * time.Microsecond)
		f()
	})
}

func (l *later) finish() { l.pending.Wait() }

// repair is called when a ring is opened. Each fault here repairs, after a process
// has died, what was not broken. That a process has died shows in one handle more
// than the two that a ring may have.
func (r *ring) repair() {
	died := r.attached.Add(1) > 2
	if !died {
		return
	}
	switch {
	case r.fault == RepeatsTheLast:
		r.attached.Add(^uint32(0))
		in := r.in.Load()
		copy(r.place(in), r.place(in-1)) // the last item is taken for one that was not published
		r.in.Store(in + 1)
	case r.fault == SkipsOne:
		r.attached.Add(^uint32(0))
		if r.in.Load() != r.out.Load() {
			r.out.Add(1) // the oldest item is taken for one that was copied but not freed
		}
	}
}
