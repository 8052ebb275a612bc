package region

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// stampede lets many processes create one name at the same time: one does,
// the others are refused, and all of them get the same region.
func stampede(w *check.World) {
	const size, rounds = page, 20
	var crowd []*check.Process
	for i := range 6 {
		crowd = append(crowd, w.Process(fmt.Sprintf("p%d", i)))
	}
	for round := range rounds {
		name := w.ObjectName(fmt.Sprintf("stampede%d", round))
		calls := make([]*check.RegionCall, len(crowd))
		for i, p := range crowd {
			calls[i] = p.BeginCreateRegion(name, size)
		}
		regions, created := make([]*check.Region, len(crowd)), 0
		for i, c := range calls {
			r, err := c.Region()
			if err == nil {
				created++
				regions[i] = r
				continue
			}
			w.Refused(err, []subject.Kind{subject.Exists}, "creating a name that others create too")
		}
		if created != 1 {
			w.Fail("create succeeded in %d of %d processes; it must succeed in one", created, len(crowd))
		}
		for i, p := range crowd {
			if regions[i] == nil {
				r, err := p.OpenRegion(name)
				w.Must(err, "opening the region that was said to exist")
				regions[i] = r
			}
			write(w, regions[i], int64(i), []byte{byte(i + 1)})
		}
		for _, r := range regions {
			holds(w, r, 0, []byte{1, 2, 3, 4, 5, 6}, "the one region that all of them write")
		}
		for _, r := range regions {
			w.Must(r.Detach(), "detaching")
		}
		w.Must(crowd[0].UnlinkRegion(name), "unlinking")
	}
}
