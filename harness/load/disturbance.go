package load

import (
	"context"
	"math/rand/v2"
	"syscall"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
)

// kinds are the faults that are made to the processes of a round. One in three is calm, so
// that processes also meet at full speed, and in one of six there are shortages.
func (r *Round) kinds() []fault.Kind {
	switch {
	case r.Number%3 == 1:
		return nil
	case r.short():
		return fault.Shortages
	}
	return fault.Disturbances
}

// source gives the faults random numbers of their own, as they are made beside
// the workloads.
func (r *Round) source() *rand.Rand { return rand.New(rand.NewPCG(r.Rand.Uint64(), uint64(r.Number))) }

// scene is where the faults of a round are made.
func (r *Round) scene() fault.Scene {
	s := fault.Scene{FullShm: r.fullShm}
	for _, x := range r.recordings {
		t := target(x.Process())
		if x.Process().Interrupts() {
			t.Interrupt = x.Process().Agent().Interrupt
		}
		t.NoFiles = r.noFiles(x)
		s.Targets = append(s.Targets, t)
	}
	return s
}

// Disturb pauses and starves the processes of the session until quiet is called:
// for rounds that are judged by themselves.
func (r *Round) Disturb() (quiet func()) {
	ctx, stop := context.WithTimeout(r.w.Context(), 10*roundTime)
	done := make(chan struct{})
	var scene fault.Scene
	for _, p := range r.processes {
		scene.Targets = append(scene.Targets, target(p))
	}
	source := r.source()
	go func() {
		defer close(done)
		fault.Disturb(ctx, source, r.faults, []fault.Kind{fault.Pause, fault.Starve}, scene)
	}()
	r.w.Cleanup(stop)
	return func() { stop(); <-done }
}

// target is a process that faults are made for.
func target(p *check.Process) fault.Target {
	a := p.Agent()
	return fault.Target{Name: a.Name(), Signal: func(s syscall.Signal) error { return a.Process().Signal(s) }}
}
