package check

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/samples"
)

// A Timing says how the steps of a measured workload are timed: batch by batch,
// after some that are not.
type Timing struct {
	Batch, Batches, Warm int64
	Size                 int64 // bytes of an item
	Seed                 uint64
	Scratch              *Scratch      // of semaphores, locks and words that are added to
	Processes            int64         // that begin and end together; 0: they need not
	Every                time.Duration // between the intended times of two items, of paced and arrive
}

// A Timed is a measured workload under way.
type Timed struct {
	*Call
	timing  Timing
	samples string // path; "": the role has none
	began   time.Time
	took    time.Duration // until it answered
}

// BeginTimed starts a measured role on a queue: ping or pong, of which back is the
// queue of the other direction, stream or drain, paced or arrive.
func (q *Queue) BeginTimed(role string, back *Queue, t Timing) *Timed {
	r := protocol.Request{Object: q.handle, Role: role, SizeMin: &t.Size, SizeMax: &t.Size, Seed: &t.Seed}
	if back != nil {
		r.Back = back.handle
	}
	if t.Every > 0 {
		r.Every = new(int64(t.Every))
	}
	return q.process.timed(r, t)
}

// BeginTimed starts ping or pong: post this one, wait for back.
func (s *Semaphore) BeginTimed(role string, back *Semaphore, t Timing) *Timed {
	return s.process.timed(protocol.Request{Object: s.id, Role: role, Back: back.id}, t)
}

// BeginTimed starts ping or pong, which store into the word and watch the one at
// another offset; or count, which adds to it.
func (x *Word) BeginTimed(role string, back int64, t Timing) *Timed {
	r := protocol.Request{Object: x.region.handle, Role: role, Offset: &x.offset}
	if role != protocol.RoleCount {
		r.OffsetBack, r.Seed = &back, &t.Seed
	}
	return x.region.process.timed(r, t)
}

// BeginTaking starts to acquire and release many times. Of a rwlock it is the
// write side.
func (h handle) BeginTaking(t Timing) *Timed {
	return h.process.timed(protocol.Request{Object: h.id, Role: protocol.RoleTake}, t)
}

func (p *Process) timed(r protocol.Request, t Timing) *Timed {
	x := &Timed{timing: t}
	count := t.Batch * t.Batches
	r.Op, r.Count, r.Batch, r.Warm = protocol.OpWorkload, &count, &t.Batch, &t.Warm
	if slices.Contains(sampled, r.Role) {
		p.world.samples++
		x.samples = filepath.Join(p.world.Dir(), fmt.Sprintf(".ipckit-samples-%d", p.world.samples))
		n := t.Batches
		if r.Role == protocol.RoleArrive {
			n = count
		}
		if err := errors.Join(samples.Create(x.samples, n), p.world.give(x.samples)); err != nil {
			panic(kitError{fmt.Errorf("make a file of samples: %w", err)})
		}
		r.Samples = x.samples
	}
	if t.Scratch != nil {
		index := int64(t.Scratch.next)
		t.Scratch.next++
		r.Scratch, r.Index = t.Scratch.path, &index
	}
	if t.Processes > 0 {
		r.Maximum = &t.Processes
	}
	x.began = time.Now()
	x.Call = p.begin(r)
	return x
}

// sampled are the measured roles that time their steps; the others are their
// counterparts.
var sampled = []string{protocol.RolePing, protocol.RoleDrain, protocol.RoleTake, protocol.RoleCount, protocol.RoleArrive}

// Batches expects that all steps were done and that nothing was wrong with any, and
// gives how long each batch took; of a role that times nothing, none.
func (x *Timed) Batches() []time.Duration {
	batches := x.sampled(x.timing.Batches)
	var sum time.Duration
	for _, d := range batches {
		sum += d
	}
	if sum > x.took {
		x.process.world.Fail("%s says that its batches took %v together, and answered after %v", x.process.Name(), sum, x.took)
	}
	return batches
}

// Trips is Batches of role arrive: how long after its intended time each item came.
func (x *Timed) Trips() []time.Duration { return x.sampled(x.timing.Batch * x.timing.Batches) }

func (x *Timed) sampled(n int64) []time.Duration {
	w, p := x.process.world, x.process
	reply, err := x.Return()
	if x.took == 0 {
		x.took = time.Since(x.began)
	}
	w.Must(err, "%s of %s", x.call.Request.Role, p.Name())
	want := x.timing.Batch * x.timing.Batches
	switch {
	case reply.Done == nil || *reply.Done != want:
		w.Fail("%s was asked for %d steps and reports another number", p.Name(), want)
	case reply.Wrong != nil && *reply.Wrong > 0:
		at := int64(-1)
		if reply.WrongAt != nil {
			at = *reply.WrongAt
		}
		w.Fail("%s: %d of %d steps went wrong; the first is step %d: %s", p.Name(), *reply.Wrong, want, at, reply.WrongText)
	case reply.Wrong == nil && protocol.Judges(x.call.Request.Role):
		w.Fail("%s answered %s without wrong", p.Name(), x.call.Request.Role)
	}
	if x.samples == "" {
		return nil
	}
	list, err := samples.Read(x.samples)
	if err != nil {
		w.Fail("%s: %v", p.Name(), err)
	}
	if int64(len(list)) != n {
		w.Fail("%s wrote %d samples, where there are %d to write", p.Name(), len(list), n)
	}
	all := make([]time.Duration, len(list))
	for i, ns := range list {
		all[i] = time.Duration(ns)
		if ns <= 0 {
			w.Fail("%s says in sample %d that it took %d ns", p.Name(), i, ns)
		}
	}
	return all
}

// All expects of measured workloads what [Timed.Batches] does, of the one first that
// ends first: where it fails, the others may wait for ever. Where one ends with an
// error and another one has died, the death is what is reported.
func All(list ...*Timed) {
	for rest := slices.Clone(list); len(rest) > 0; {
		var calls []*Call
		for _, x := range rest {
			calls = append(calls, x.Call)
		}
		i := First(calls...)
		if _, err := calls[i].call.Reply(); err != nil {
			if j := slices.IndexFunc(calls, (*Call).died); j >= 0 {
				i = j
			}
		}
		rest[i].all()
		rest = slices.Delete(rest, i, i+1)
	}
}

// died reports whether the call ended, or ends within a moment, by the death of its
// process.
func (c *Call) died() bool {
	select {
	case <-c.call.Done():
	case <-time.After(settle):
		return false
	}
	_, err := c.call.Reply()
	return errors.As(err, new(*agent.Died))
}

// all are the samples, of whichever kind.
func (x *Timed) all() []time.Duration {
	if x.call.Request.Role == protocol.RoleArrive {
		return x.Trips()
	}
	return x.Batches()
}
