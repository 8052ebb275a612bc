package load

import (
	"bytes"
	"context"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
)

// Region checks that what each of several processes writes, all at the same
// time and each to its own part of a region, every other reads. Nothing is
// recorded: a region promises no order, so it is enough to look when all writes
// have returned. It gives way to faults like other loads.
func Region(w *check.World) {
	const processes, part = 4, 1024
	s := &session{w: w, faults: fault.NewLog(), count: firstSteps}
	w.Mute(true)
	defer w.Mute(false)
	w.Faults(func() []string { return s.lastFaults(mostFaults) })
	for i := range processes {
		s.process(i)
	}
	s.repeat(time.Now().Add(w.Budget()), func() int64 {
		r := s.newRound()
		name := r.name("r")
		size := int64(processes * part)
		first, err := r.process(0).CreateRegion(name, size)
		w.Must(err, "creating a region of %d bytes", size)
		regions := []*check.Region{first}
		for i := 1; i < processes; i++ {
			next, err := r.process(i).OpenRegion(name)
			w.Must(err, "opening the region in process %d", i)
			regions = append(regions, next)
		}
		exchanges := max(s.count/40, 2)
		r.shape, r.steps = "4 processes, each writing its own KiB and reading all", exchanges
		quiet := s.disturb(r)
		for range exchanges {
			exchange(r, regions, part)
		}
		quiet()
		for i := processes - 1; i >= 0; i-- {
			w.Must(regions[i].Detach(), "detaching the region")
		}
		w.Must(r.process(0).UnlinkRegion(name), "unlinking the region")
		return 2 * exchanges * processes
	})
	w.Note("%d operations in %d rounds%s", s.operations, s.rounds, s.faultCounts())
}

// exchange lets each process write its part, and then each read the whole.
func exchange(r *round, regions []*check.Region, part int64) {
	want := make([]byte, part*int64(len(regions)))
	fill(r.rand, want)
	var writes, reads []*check.Call
	for i, x := range regions {
		at := int64(i) * part
		writes = append(writes, x.BeginWrite(at, want[at:at+part]))
	}
	for i, c := range writes {
		_, err := c.Return()
		r.w.Must(err, "writing by process %d", i)
	}
	for _, x := range regions {
		reads = append(reads, x.BeginRead(0, int64(len(want))))
	}
	for i, c := range reads {
		got, err := c.Item()
		r.w.Must(err, "reading by process %d", i)
		if !bytes.Equal(got, want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			r.story(r)
			r.w.Fail("process %d of %d does not read at offset %d what process %d wrote there before", i, len(regions), at, int64(at)/part)
		}
	}
}

func fill(r *rand.Rand, p []byte) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
}

// disturb makes faults for the processes of the session until quiet is called.
func (s *session) disturb(r *round) (quiet func()) {
	ctx, stop := context.WithTimeout(s.w.Context(), 10*roundTime)
	done := make(chan struct{})
	var scene fault.Scene
	for _, p := range s.processes {
		a := p.Agent()
		scene.Targets = append(scene.Targets, fault.Target{Name: a.Name(), Signal: func(x syscall.Signal) error { return a.Process().Signal(x) }})
	}
	source := r.source()
	go func() {
		defer close(done)
		fault.Disturb(ctx, source, s.faults, []fault.Kind{fault.Pause, fault.Starve}, scene)
	}()
	s.w.Cleanup(stop)
	return func() { stop(); <-done }
}
