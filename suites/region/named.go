package region

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/suites/life"
)

// named is the region as an object with a name: what a handle leaves is bytes at its
// very end.
func named(w *check.World) life.Object[*check.Region] {
	size, marks := min(int64(w.Claims().Profiles.Region.Maximum), 1<<20), 0
	return life.Object[*check.Region]{
		Noun:   "region",
		Create: func(p *check.Process, name string) (*check.Region, error) { return p.CreateRegion(name, size) },
		Open:   (*check.Process).OpenRegion,
		Unlink: func(r *check.Region) error { return r.Process().UnlinkRegion(r.Name) },
		Leave: func(by *check.Region) func(*check.Region, string) {
			got, err := by.Size()
			w.Must(err, "asking %s for the region's size", by.Process().Name())
			if got < size {
				w.Fail("%s got a region of %d bytes; %d were asked for at its creation", by.Process().Name(), got, size)
			}
			marks++
			n := min(size, 8)
			mark := check.Item(w.Rand.Uint64(), marks, n)
			write(w, by, size-n, mark)
			return func(r *check.Region, when string) { holds(w, r, size-n, mark, when+", the last bytes") }
		},
	}
}
