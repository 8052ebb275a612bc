package program

import (
	"context"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/proc"
	"github.com/ipckit/ipckit/reports"
)

const (
	beat       = 50 * time.Millisecond
	standstill = 2 * time.Second        // nobody can be woken any more
	aloneFor   = time.Second            // a program without its peer is believed to wait
	aloneQuiet = 3 * time.Second        // or to do nothing that can be seen
	moreItems  = 300 * time.Millisecond // for items too many, once all were consumed
	stragglers = 500 * time.Millisecond // for processes that outlive their program
	spell      = 2 * time.Second        // without a line, before a consumer that never ends is ended
)

// watch waits for the end of the run, or gives it up.
func (r *run) watch(ctx context.Context) error {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	var s stillness
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		others, err := r.others()
		if err != nil {
			return err
		}
		if r.step(others, &s) {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-r.sink.notify:
		}
	}
}

// step looks once, and reports whether the run is over.
func (r *run) step(others []*world.Process, s *stillness) bool {
	produced, consumed, last := r.sink.counts()
	last = r.lastEvent(last)
	quiet := time.Since(last)
	still := s.look(r.alive(others))
	running := r.running()
	forked := r.claims.Roles.Consumer.StartedBy == Producer && r.s.Only == ""
	switch {
	case r.flooding():
		r.did("ended what had printed more than %d bytes", r.s.OutputLimit)
		r.endAll()
	case running == 0 && len(others) == 0:
	case running == 0 && !forked && quiet > stragglers:
		// What is left is left: it is for others to judge.
	case r.s.Only != "" && (still > aloneFor || quiet > aloneQuiet || r.enough()):
		r.stop(others)
	case r.claims.Observe.End == "kill" && r.producerEnded() && running+len(others) > 0 &&
		(produced > 0 && consumed >= r.expected(produced) && quiet > moreItems || still > standstill || quiet > spell):
		r.stop(others)
	case still > standstill:
		r.giveUp(others, fmt.Sprintf("everybody has been asleep for %v, and nobody is left to wake them", standstill))
	case quiet > r.s.Quiet:
		r.giveUp(others, fmt.Sprintf("nothing was printed and nobody ended for %v", r.s.Quiet))
	case time.Since(r.began) > r.s.Limit:
		r.giveUp(others, fmt.Sprintf("the run took longer than %v", r.s.Limit))
	default:
		return false
	}
	return true
}

// expected is how many items ought to be consumed.
func (r *run) expected(produced int) int {
	if r.claims.Observe.Produced == "" {
		return len(r.o.Given)
	}
	return produced
}

// enough reports that a lone consumer has shown that it consumes.
func (r *run) enough() bool {
	r.sink.mu.Lock()
	defer r.sink.mu.Unlock()
	return r.s.Only == Consumer && len(r.sink.consumed) > 0 && time.Since(r.began)-r.sink.consumed[0].Time > aloneFor
}

// lastEvent is the latest of the last line and the starts and ends.
func (r *run) lastEvent(last time.Time) time.Time {
	for _, p := range r.programs {
		if p.started.After(last) {
			last = p.started
		}
		if p.hasEnded() {
			p.mu.Lock()
			end := r.began.Add(p.after)
			p.mu.Unlock()
			if end.After(last) {
				last = end
			}
		}
	}
	return last
}

// running counts the programs that have not ended.
func (r *run) running() (n int) {
	for _, p := range r.programs {
		if !p.hasEnded() {
			n++
		}
	}
	return n
}

func (r *run) producerEnded() bool {
	for _, p := range r.programs {
		if p.role == Producer && !p.hasEnded() {
			return false
		}
	}
	return true
}

func (r *run) flooding() bool {
	for _, p := range r.programs {
		if p.flooded() {
			return true
		}
	}
	return false
}

// others are the world's live processes that are none of the kit's: what the
// programs started, and of a traced program the program itself.
func (r *run) others() ([]*world.Process, error) {
	if err := r.world.Err(); err != nil {
		return nil, err
	}
	var list []*world.Process
	for _, q := range r.world.Processes() {
		ours := false
		for _, p := range r.programs {
			ours = ours || p.process == q
		}
		if !ours {
			list = append(list, q)
		}
	}
	return list, nil
}

// alive are the processes whose doings matter: the others and the programs, not
// the tracers.
func (r *run) alive(others []*world.Process) []*world.Process {
	list := others
	for _, p := range r.programs {
		if !p.traced && !p.hasEnded() {
			list = append(list, p.process)
		}
	}
	return list
}

// stillness is how long everybody has been asleep.
type stillness struct {
	mark  string
	since time.Time
}

// look tells for how long none of the processes can have been woken.
func (s *stillness) look(processes []*world.Process) time.Duration {
	mark := ""
	for _, p := range processes {
		m, asleep := proc.Asleep(p)
		if !asleep {
			s.mark = ""
			return 0
		}
		mark += m
	}
	if mark == "" || mark != s.mark {
		s.mark, s.since = mark, time.Now()
		return 0
	}
	return time.Since(s.since)
}

// settle waits until a program is ready for its peer: until it says so, where
// the claims have a pattern for that; else until it waits for something, ends,
// or has had a second.
func (r *run) settle(ctx context.Context, p *program) {
	if p.ready != nil {
		limit := time.NewTimer(r.s.Quiet)
		defer limit.Stop()
		select {
		case <-p.ready.opened:
			r.did("the %s said that it is ready", p.role)
		case <-p.ended:
		case <-limit.C:
			r.did("the %s did not say that it is ready", p.role)
		case <-ctx.Done():
		}
		return
	}
	tick := time.NewTicker(beat / 2)
	defer tick.Stop()
	deadline := time.Now().Add(time.Second)
	var s stillness
	for time.Now().Before(deadline) {
		select {
		case <-p.ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		others, err := r.others()
		if err != nil || s.look(r.alive(others)) > 2*beat {
			return
		}
	}
}

// giveUp tells who is blocked where, and ends them.
func (r *run) giveUp(others []*world.Process, why string) {
	r.o.Why = why
	for _, p := range r.programs {
		if p.hasEnded() {
			continue
		}
		b := reports.Blocked{Process: p.role, Operation: p.command, Seconds: time.Since(p.started).Seconds()}
		if !p.traced {
			b.Where = proc.Where(p.process)
			r.o.Hung = append(r.o.Hung, b)
		}
	}
	for _, q := range others {
		r.o.Hung = append(r.o.Hung, reports.Blocked{
			Process: q.Name(), Seconds: time.Since(r.began).Seconds(), Where: proc.Where(q),
		})
	}
	r.did("gave up: %s", why)
	r.endAll()
}
