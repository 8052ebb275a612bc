package load

import (
	"math/rand/v2"
	"syscall"

	"github.com/ipckit/ipckit/harness/fault"
)

// weather is what happens to the processes of a round. One in three is calm, so
// that processes also meet at full speed, and in one of six there are shortages.
func (r *round) weather() []fault.Kind {
	switch {
	case r.number%3 == 1:
		return nil
	case r.short():
		return fault.Shortages
	}
	return fault.Weather
}

// source gives the faults random numbers of their own, as they are made beside
// the workloads.
func (r *round) source() *rand.Rand { return rand.New(rand.NewPCG(r.rand.Uint64(), uint64(r.number))) }

// scene is where the faults of a round are made.
func (r *round) scene() fault.Scene {
	s := fault.Scene{FullShm: r.fullShm}
	for _, x := range r.recordings {
		a := x.Process().Agent()
		t := fault.Target{Name: a.Name(), Signal: func(s syscall.Signal) error { return a.Process().Signal(s) }}
		if x.Process().Interrupts() {
			t.Interrupt = a.Interrupt
		}
		t.NoFiles = r.noFiles(x)
		s.Targets = append(s.Targets, t)
	}
	return s
}
