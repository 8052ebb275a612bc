package section

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/load"
)

// Load is an object that processes enter and leave, at least so many of them; what
// it lacks is the family's.
func Load[H load.Handle](w *check.World, least int, attach func(r *load.Round, size int64, n int) []H) load.Object[H] {
	return load.Object[H]{
		World: w, Least: least, More: 3, Attach: attach,
		Think: [4]time.Duration{0, 0, time.Microsecond, 100 * time.Microsecond},
		Tries: []int64{0, 20, 50, 90},
	}
}

// Plain is a round in which n processes judge among themselves whether each was
// inside as it may be.
func Plain[H load.Handle](w *check.World, n int, attach func(r *load.Round, size int64, n int) []H, begin func(i int, h H, s check.Steps) *check.Work) func(r *load.Round) int64 {
	return func(r *load.Round) int64 {
		handles := attach(r, 0, n)
		w.Step("round %d: %d processes, %d times each", r.Number, n, r.Count)
		return load.Right(r, handles, 0, begin)
	}
}
