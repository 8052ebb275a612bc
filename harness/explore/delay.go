package explore

import "slices"

// A probe is what a load reads that can overtake stores. While the other agent
// has its turn the load makes no difference, since it changes nothing: only where
// that turn changes what it reads does it matter that it came before. So most
// schedules with stores delayed need not be run.
type probe struct {
	since, after point
	object       int
	bytes        []int64

	before  []byte
	looked  bool
	changed bool
}

// delays reports whether a schedule has stores delayed.
func (s schedule) delays() bool {
	return slices.ContainsFunc(s.switches, func(p point) bool { return p.since != nil })
}

// buffer is what follows the stores of a turn; nil where nothing needs to.
func (r *run) buffer(t *turn) *storeBuffer {
	switch {
	case t.goal != nil && t.goal.since != nil:
		return &storeBuffer{since: t.goal.since, step: r.recording.events, joined: r.scenario.Joined}
	case t.track != nil && r.recording.loads:
		return &storeBuffer{step: true, joined: r.scenario.Joined, found: &r.overtakings}
	}
	return nil
}

// probesAt are what the loads read that can overtake the stores from a point on.
func (r *run) probesAt(p point) (probes []probe) {
	for _, o := range r.overtakings {
		if bytes := o.past(p); bytes != nil {
			after := o.after
			if i := slices.IndexFunc(r.points, after.same); i >= 0 {
				after = r.points[i]
			}
			probes = append(probes, probe{since: p, after: after, object: o.object, bytes: bytes})
		}
	}
	return probes
}

// probe looks at the probes through the eyes of an agent: the first time at what
// there is, and the second time whether it has changed.
func (r *run) probe(i int) {
	p := r.tracer.agents[i]
	for n := range r.recording.probes {
		b := &r.recording.probes[n]
		now := make([]byte, len(b.bytes))
		for j, offset := range b.bytes {
			now[j] = p.byteAt(b.object, offset)
		}
		if b.looked {
			b.changed = !slices.Equal(now, b.before)
		}
		b.before, b.looked = now, true
	}
}

// delay notes the schedules that differ from one that was run in that stores are
// delayed from its last switch on, past loads for which that matters.
func (x *search) delay(s schedule, r *run) {
	for _, b := range r.recording.probes {
		if b.changed && !r.strayed {
			since := b.since
			b.after.since = &since
			x.delayed = append(x.delayed, schedule{s.first, append(slices.Clone(s.switches[:len(s.switches)-1]), b.after)})
		}
	}
}
