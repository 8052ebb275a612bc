package region

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// shortage fills /dev/shm behind a region that was made but not touched, and asks for
// another.
func shortage(w *check.World) {
	size := min(int64(w.Claims().Profiles.Region.Maximum), 64*page)
	a, b := shared(w, size)
	name := w.ObjectName("late")
	fill := func(from, to *check.Region) {
		seed := w.Rand.Uint64()
		w.Must(from.Fill(0, size, seed), "filling the region by %s", from.Process().Name())
		want := make([]byte, size)
		protocol.Payload(want, seed)
		hash, err := to.Digest(0, size)
		w.Must(err, "reading the region whole by %s", to.Process().Name())
		if hash != protocol.Hash(want) {
			w.Fail("%s reads other bytes than %s wrote, somewhere in %d bytes", to.Process().Name(), from.Process().Name(), size)
		}
	}
	both := func(c *check.Region, err error) {
		w.Must(err, "creating a region of %d bytes", size)
		d, err := b.Process().OpenRegion(c.Name)
		w.Must(err, "opening the region")
		fill(c, d)
		w.Must(d.Detach(), "detaching the opener")
		w.Must(c.Detach(), "detaching the creator")
		w.Must(c.Process().UnlinkRegion(name), "unlinking")
	}
	w.InShortage(func() {
		w.Step("the region that was made before is filled: its memory was reserved then")
		fill(b, a)
		w.Step("another region is asked for")
		c, err := a.Process().CreateRegion(name, size)
		if err == nil {
			both(c, nil)
			return
		}
		w.RuledOut("creating without room in /dev/shm was refused: %v", err)
		_, err = b.Process().OpenRegion(name)
		w.Refused(err, []subject.Kind{subject.NotFound}, "opening the region whose creation was refused")
	})
	both(a.Process().CreateRegion(name, size))
	fill(a, b)
}
