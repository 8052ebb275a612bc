package mutants

import (
	"sync"
	"time"
)

// later is what one step of a ring leaves to be done by another thread, which a
// death takes with it. The next step waits for it.
type later struct{ pending sync.WaitGroup }

func (l *later) begin(f func()) {
	l.pending.Go(func() {
		time.Sleep(200 * time.Microsecond)
		f()
	})
}

func (l *later) finish() { l.pending.Wait() }

// takeOver is called by who opens a ring. Of the faults here, each puts right,
// after somebody has died at it, what was not wrong. One handle more is there
// then than there may be.
func (r *ring) takeOver() {
	died := r.attached.Add(1) > 2
	if !died {
		return
	}
	switch {
	case r.is("ring-repeats-the-last"):
		r.attached.Add(^uint32(0))
		in := r.in.Load()
		copy(r.place(in), r.place(in-1)) // the last item is taken for one that was not published
		r.in.Store(in + 1)
	case r.is("ring-skips-one"):
		r.attached.Add(^uint32(0))
		if r.in.Load() != r.out.Load() {
			r.out.Add(1) // the oldest item is taken for one that was copied and not freed
		}
	}
}
