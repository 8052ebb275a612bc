package region

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// earlyOpen opens while another process creates. The region is large, so that a
// creator which sizes or fills it after the name is visible is met half-way.
func earlyOpen(w *check.World) {
	const rounds = 60
	size := min(int64(w.Claims().Profiles.Region.Maximum), 16<<20)
	p, q := w.Process("creator"), w.Process("opener")
	early, whole := 0, 0
	for round := range rounds {
		name := w.ObjectName(fmt.Sprintf("early%d", round))
		create := p.BeginCreateRegion(name, size)
		for {
			done := create.Returned()
			r, err := q.OpenRegion(name)
			if err != nil {
				w.Refused(err, []subject.Kind{subject.NotFound}, "opening a region that is being created")
				early++
				if done {
					break
				}
				continue
			}
			got, err := r.Size()
			w.Must(err, "asking for the size of a region that was just created")
			if got < size {
				w.Fail("the opener got a region of %d bytes while %d are being created", got, size)
			}
			if last, err := r.Read(size-1, 1); err != nil || last[0] != 0 {
				w.Must(err, "reading its last byte")
				w.Fail("the last byte of the fresh region reads %#x", last[0])
			}
			whole++
			w.Must(r.Detach(), "detaching")
			break
		}
		_, err := create.Region()
		w.Must(err, "creating the region")
		w.Must(p.UnlinkRegion(name), "unlinking")
	}
	if whole == 0 {
		w.Fail("the region could not be opened in any of %d rounds, even after its creation", rounds)
	}
	w.Note("%d opens came too early and were refused, %d got the whole region", early, whole)
}

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
