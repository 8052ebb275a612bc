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
	standstill = 2 * time.Second        // all processes asleep for so long are deadlocked
	aloneFor   = time.Second            // asleep for so long, a program without its peer waits for it
	aloneQuiet = 3 * time.Second        // silent for so long, it does nothing more that can be observed
	moreItems  = 300 * time.Millisecond // for superfluous items, once all were consumed
	stragglers = 500 * time.Millisecond // for processes that outlive their program
	endQuiet   = 2 * time.Second        // silent for so long, a consumer that the kit has to end is done
	goesOn     = 500 * time.Millisecond // a producer that is still producing so long after what was asked for never ends
	floods     = 10_000                 // or after so many more items, before its output floods
	cutFor     = 5 * time.Second        // for what a producer that was ended has left, or its children
)

// watch waits for the end of the run, or gives the run up.
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

// step checks the run once, and reports whether it is over.
func (r *run) step(others []*world.Process, s *stillness) bool {
	produced, consumed, last := r.sink.counts()
	last = r.lastEvent(last)
	quiet := time.Since(last)
	still := s.look(r.alive(others))
	running := r.running()
	forked := r.claims.Roles.Consumer.StartedBy == Producer && r.s.Only == ""
	switch {
	case r.flooding():
		r.did("ended the run: a program printed more than %d bytes", r.s.OutputLimit)
		r.endAll()
	case running == 0 && len(others) == 0:
	case running == 0 && !forked && quiet > stragglers:
		// The processes that are left are leftovers, which the caller judges.
	case r.s.Only != "" && (still > aloneFor || quiet > aloneQuiet || r.enough()):
		r.stop(others)
	case r.endless(produced, consumed):
		r.cut()
		return false
	case r.o.Cut && time.Since(r.cutAt) > cutFor:
		r.stop(others)
	case r.claims.Observe.End == "kill" && r.producerEnded() && running+len(others) > 0 &&
		(produced > 0 && consumed >= r.expected(produced) && quiet > moreItems || still > standstill || quiet > endQuiet):
		r.stop(others)
	case still > standstill:
		r.giveUp(others, fmt.Sprintf("deadlock: all processes have slept for %g s and none can wake another", standstill.Seconds()))
	case quiet > r.s.Quiet:
		r.giveUp(others, fmt.Sprintf("no program printed anything or ended for %g s", r.s.Quiet.Seconds()))
	case time.Since(r.began) > r.s.Limit:
		r.giveUp(others, fmt.Sprintf("the run took longer than %g s", r.s.Limit.Seconds()))
	default:
		return false
	}
	return true
}

// endless reports whether the kit has to end the producer: the claims say that it
// ends the run, cannot ask for a number of items, and the producer goes on after as
// many as a run moves, all of which had time to be consumed.
func (r *run) endless(produced, consumed int) bool {
	items := r.s.Items
	if r.claims.Observe.End != "kill" || r.claims.TakesItems() || r.s.Only != "" || r.o.Cut || produced <= items || r.producerEnded() {
		return false
	}
	if r.enoughAt.IsZero() {
		r.enoughAt, r.enoughItems = time.Now(), produced
	}
	c := r.program(Consumer)
	done := consumed >= items || c != nil && c.hasEnded()
	return produced > items+floods || done && produced > r.enoughItems && time.Since(r.enoughAt) > goesOn
}

// expected is how many items should be consumed.
func (r *run) expected(produced int) int {
	if r.claims.Observe.Produced == "" {
		return len(r.o.Given)
	}
	return produced
}

// enough reports whether a consumer without a producer has shown that it consumes.
func (r *run) enough() bool {
	r.sink.mu.Lock()
	defer r.sink.mu.Unlock()
	return r.s.Only == Consumer && len(r.sink.consumed) > 0 && time.Since(r.began)-r.sink.consumed[0].Time > aloneFor
}

// lastEvent is the time of the last line, start or end, whichever is latest.
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

// others are the live processes of the world that the kit did not start: those
// that the programs started, and the program under a tracer.
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

// alive are the processes of the pair: the others and the programs, without the
// tracers.
func (r *run) alive(others []*world.Process) []*world.Process {
	list := others
	for _, p := range r.programs {
		if !p.traced && !p.hasEnded() {
			list = append(list, p.process)
		}
	}
	return list
}

// stillness measures for how long all processes have been asleep.
type stillness struct {
	mark  string
	since time.Time
}

// look returns for how long none of the processes has been scheduled.
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

// settle waits until a program is ready for its peer: until it reports so, where
// the claims have a pattern for that; else until it sleeps or ends, for at most a
// second.
func (r *run) settle(ctx context.Context, p *program) {
	if p.ready != nil {
		limit := time.NewTimer(r.s.Quiet)
		defer limit.Stop()
		select {
		case <-p.ready.opened:
			r.did("the %s reported that it is ready", p.role)
		case <-p.ended:
		case <-limit.C:
			r.did("the %s did not report that it is ready within %g s", p.role, r.s.Quiet.Seconds())
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

// all leaves out no thread.
func all(proc.Thread) bool { return false }

// giveUp records where each process is blocked, and ends the processes.
func (r *run) giveUp(others []*world.Process, why string) {
	r.o.Why = why
	for _, p := range r.programs {
		if p.hasEnded() {
			continue
		}
		b := reports.Blocked{Process: p.role, Operation: p.command, Seconds: time.Since(p.started).Seconds()}
		if !p.traced {
			b.Where, b.Threads = proc.Where(p.process), proc.Threads(p.process, all)
			r.o.Hung = append(r.o.Hung, b)
		}
	}
	for _, q := range others {
		r.o.Hung = append(r.o.Hung, reports.Blocked{
			Process: q.Name(), Seconds: time.Since(r.began).Seconds(), Where: proc.Where(q), Threads: proc.Threads(q, all),
		})
	}
	r.did("gave up: %s", why)
	r.endAll()
}
