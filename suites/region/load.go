package region

import (
	"bytes"
	"math/rand/v2"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/load"
)

// Loads registers what is looked at under load.
func Loads(s *check.Suite) {
	s.It("REG-BOTHWAYS", bothWaysUnderLoad, check.Kind(catalogue.Stress), check.Once())
}

// bothWaysUnderLoad: what each of several processes writes, all at the same time
// and each to its own part of a region, every other reads. Nothing is recorded: a
// region promises no order, so it is enough to look when all writes have returned.
func bothWaysUnderLoad(w *check.World) {
	const processes, part = 4, 1024
	s := load.NewSession(w, 1)
	defer s.Quiet()()
	s.Processes(processes)
	s.Repeat(func(r *load.Round) int64 {
		regions := inAll(w, r, processes, processes*part)
		r.Steps = max(r.Count/40, 2)
		r.Shape = "4 processes, each writing its own KiB and reading all"
		quiet := r.Disturb()
		for range r.Steps {
			exchange(w, r, regions, part)
		}
		quiet()
		return 2 * r.Steps * processes
	})
	w.Note("%s", s.Summary())
}

// inAll makes a region in the first of n processes and opens it in the others.
func inAll(w *check.World, r *load.Round, n int, size int64) []*check.Region {
	regions := check.Share(w, r.Name("r"), r.Processes(n), func(p *check.Process, name string) (*check.Region, error) {
		return p.CreateRegion(name, size)
	}, (*check.Process).OpenRegion)
	r.Cleanup(func() {
		for i := len(regions) - 1; i >= 0; i-- {
			w.Must(regions[i].Detach(), "detaching the region")
		}
		w.Must(r.Process(0).UnlinkRegion(regions[0].Name), "unlinking the region")
	})
	return regions
}

// exchange lets each process write its part, and then each read the whole.
func exchange(w *check.World, r *load.Round, regions []*check.Region, part int64) {
	want := make([]byte, part*int64(len(regions)))
	fill(r.Rand, want)
	var writes, reads []*check.Call
	for i, x := range regions {
		at := int64(i) * part
		writes = append(writes, x.BeginWrite(at, want[at:at+part]))
	}
	for i, c := range writes {
		_, err := c.Return()
		w.Must(err, "writing by process %d", i)
	}
	for _, x := range regions {
		reads = append(reads, x.BeginRead(0, int64(len(want))))
	}
	for i, c := range reads {
		got, err := c.Item()
		w.Must(err, "reading by process %d", i)
		if !bytes.Equal(got, want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			r.Story()
			w.Fail("process %d of %d does not read at offset %d what process %d wrote there before", i, len(regions), at, int64(at)/part)
		}
	}
}

func fill(r *rand.Rand, p []byte) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
}
