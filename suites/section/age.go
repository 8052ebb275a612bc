package section

import (
	"time"

	"github.com/ipckit/ipckit/harness/check"
)

// ages are after how many operations on one object a counter comes round: one of 8
// bits, of 16 with a sign, and of 16; and the last of these a second time.
var ages = []int64{1 << 8, 1 << 15, 1 << 16, 1 << 17}

// A slow object does not get as old: this is the processor time that its processes may use,
// and how long they may take that use little of it. On a busy machine they take longer.
const (
	effort   = 1200 * time.Millisecond
	lifetime = 6 * time.Second
)

// Moment is how long a process that must wait is watched in a close look.
const Moment = 2 * time.Millisecond

// GrowOld does so many operations with one object that its counters come round. Work does a
// number of them. Look does a few more than twice near, and looks closely; it begins that
// near to each moment at which a counter comes round, and gives how many it did. What is
// slow ends before, and says how far it came.
func GrowOld(w *check.World, what string, near int64, work func(n int64), look func(done int64) int64) {
	chunk := int64(1 << 8)
	began, before, done := time.Now(), w.Worked(), int64(0)
	for _, age := range ages {
		w.Step("%d %s on one object, and a close look", age, what)
		for done < age-near {
			if worked := w.Worked() - before; worked > effort || time.Since(began) > lifetime {
				w.Note("%d %s on one object, in %v with %v of processor time: it is too slow for the %d that were wanted",
					done, what, time.Since(began).Round(time.Second/10), worked.Round(time.Second/10), ages[len(ages)-1])
				return
			}
			n := min(chunk, age-near-done)
			started := time.Now()
			work(n)
			done += n
			if time.Since(started) < lifetime/32 {
				chunk = min(2*chunk, 1<<13)
			}
		}
		done += look(done)
	}
	w.Note("%d %s on one object, with %v of processor time", done, what, (w.Worked() - before).Round(time.Second/10))
}
