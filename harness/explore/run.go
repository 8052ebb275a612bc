package explore

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A schedule says where the agents are switched: turn i runs up to switches[i],
// or, where there is none, as far as it can.
type schedule struct {
	first    int
	switches []point
}

// A recording says what a run collects.
type recording struct {
	points bool // those of the first turn that has no switch
	loads  bool // and those of its loads that can overtake its stores
	events bool
	probes []probe // looked at before and after the turn that follows the last switch
}

// A run is one execution of a scenario.
type run struct {
	tracer   *tracer
	scenario *Scenario
	recording
	schedule schedule
	order    []int // agents of whole operations that are done first, one after the other

	turns       int
	last        [2]ending
	fruitless   [2]int // turns in a row that ended waiting
	overlapped  [2][]bool
	overtaken   [2]bool // it waits since before the other's last operation was done
	points      []point
	overtakings []overtaking
	events      []Event
	strayed     bool
	unreachable string
	crashed     string     // how an agent ended
	alone       string     // and in what, if by itself
	broken      *breakdown // in the setup
	endless     [2]string  // what it goes on with, touching nothing
	stuck       bool
	outcome     Outcome

	// Of a run in which A is killed at its first switch.
	victim   bool
	killedAt Event
	warned   bool // of the death, and B tried again
}

// Limits of what must come back at once.
const (
	setupLimit   = 20 * time.Second
	observeLimit = 2 * time.Second
)

// execute prepares the state, runs the schedule, and looks at the state. An
// error is one of the explorer, or of an agent that breaks the protocol.
func (r *run) execute() error {
	t := r.tracer
	t.runs++
	t.serial++
	if err := t.prepare(r.scenario); err != nil {
		var apart unfollowed
		switch {
		case errors.As(err, &r.broken):
			r.unreachable = r.broken.how
		case errors.As(err, &apart):
			r.unreachable = apart.Error()
		default:
			return err
		}
		return t.renew()
	}
	for i, p := range t.agents {
		p.script = [2][]protocol.Request{r.scenario.A, r.scenario.B}[i]
		p.script = slices.Clone(p.script)
		for j := range p.script {
			p.script[j] = t.named(p.script[j])
		}
		p.pos, p.within, p.answers, p.call, p.rewound, p.held, p.ending = 0, false, nil, nil, false, nil, false
		r.overlapped[i] = make([]bool, len(p.script))
	}
	if err := r.alternate(); err != nil {
		return err
	}
	for i, p := range t.agents {
		r.outcome.Answers[i] = p.answers
		switch {
		case p.state == dead && r.victim && i == 0:
			r.outcome.Ends[i] = endKilled
		case p.state == dead:
			r.outcome.Ends[i] = endCrashed
		case p.pos < len(p.script):
			r.outcome.Ends[i] = endWaits
		}
	}
	if r.stuck || r.crashed != "" || r.strayed || r.unreachable != "" {
		return t.renew()
	}
	if !r.observe() || r.victim {
		return t.renew()
	}
	return t.tidy(r.scenario)
}

// prepare does the setup and finds the regions.
func (t *tracer) prepare(s *Scenario) error {
	for _, step := range s.Setup {
		p := t.agent(step.Agent)
		reply, err := p.must(t.named(step.Request))
		if err == nil && !mayRefuse(step.Request, reply) {
			err = reply.Err()
		}
		if err != nil {
			return fmt.Errorf("setup of scenario %q: %s of %s: %w", s.Name, step.Request.Op, step.Agent, err)
		}
	}
	for _, p := range t.agents {
		p.regions = nil
		if err := p.look(); err != nil {
			return err
		}
	}
	t.nameRegions()
	for _, p := range t.agents {
		if err := p.shares(); err != nil {
			return err
		}
	}
	return nil
}

// mayRefuse reports whether a reply is the refusal of something that must not
// wait for ever: that belongs to the state that is set up.
func mayRefuse(r protocol.Request, reply protocol.Reply) bool {
	return r.Wait != nil && subject.Wait(*r.Wait) != subject.Forever && slices.Contains(refusals, string(reply.Error))
}

// named gives a request the names of this run.
func (t *tracer) named(r protocol.Request) protocol.Request {
	if r.Name != "" {
		r.Name = fmt.Sprintf("%s.%d", r.Name, t.serial)
	}
	return r
}

// tidy gives back what the setup made. Where that fails the agents are made
// anew.
func (t *tracer) tidy(s *Scenario) error {
	for _, step := range s.teardown() {
		reply, err := t.agent(step.Agent).do(t.named(step.Request), setupLimit)
		if err != nil || reply.Err() != nil {
			return t.renew()
		}
	}
	return nil
}

// renew ends both agents, starts new ones, and has them remove the names that
// were left behind.
func (t *tracer) renew() error {
	if err := t.spawnAll(); err != nil {
		return err
	}
	if t.scenario == nil {
		return nil
	}
	for _, step := range t.scenario.teardown() {
		if _, verb := protocol.Split(step.Request.Op); verb == protocol.Unlink {
			if _, err := t.agents[0].do(t.named(step.Request), setupLimit); err != nil {
				return fmt.Errorf("remove what a run left behind: %w", err)
			}
		}
	}
	return nil
}

func (r *run) finished(i int) bool {
	p := r.tracer.agents[i]
	return p.pos == len(p.script) || r.victim && p.state == dead && i == 0
}

// over reports whether the run has come to an end that is no ordinary one.
func (r *run) over() bool {
	return r.strayed || r.stuck || r.unreachable != "" || r.crashed != ""
}

// alternate runs the agents in turn until both are finished.
func (r *run) alternate() error {
	for _, i := range r.order {
		if r.finished(i) || r.over() {
			continue
		}
		if err := r.turn(i, &turn{only: true}); err != nil {
			return err
		}
	}
	for i := r.schedule.first; !r.over() && !(r.finished(0) && r.finished(1)); i = 1 - i {
		if r.finished(i) {
			continue
		}
		t := &turn{}
		if n := len(r.schedule.switches); r.turns < n {
			t.goal = &r.schedule.switches[r.turns]
		} else if r.turns == n && r.recording.points {
			t.track = &r.points
		}
		last := r.turns == len(r.schedule.switches)
		r.turns++
		if last {
			r.probe(1 - i)
		}
		if err := r.turn(i, t); err != nil {
			return err
		}
		if last {
			r.probe(1 - i)
		}
		if r.over() || !r.last[i].waiting() {
			continue
		}
		if err := r.stalled(i); err != nil {
			return err
		}
	}
	return nil
}

// turn runs one turn and draws the conclusions.
func (r *run) turn(i int, t *turn) error {
	p, other := r.tracer.agents[i], r.tracer.agents[1-i]
	t.p, t.other = p, other
	t.buffer = r.buffer(t)
	if r.recording.events {
		t.log = &r.events
	}
	t.watch = t.goal != nil || t.track != nil || t.log != nil && !t.slice
	from := p.pos
	end, err := t.run()
	if err != nil {
		return err
	}
	if other.within {
		for j := from; j < len(p.script) && (j < p.pos || p.within); j++ {
			r.overlapped[i][j] = true
			if j == p.pos {
				break
			}
		}
		r.overlapped[1-i][other.pos] = true
	}
	if p.pos > from {
		r.overtaken[i] = false
		r.overtaken[1-i] = r.overtaken[1-i] || other.within && r.last[1-i].waiting()
	}
	r.last[i] = end
	if end == done && i == 1 {
		r.tryAgain(p)
	}
	switch {
	case end == strays || t.goal != nil && end != reached && end != dies && end != leaves:
		r.strayed = true
	case end == dies:
		if r.crashed = p.exited(); p.diedAlone() {
			r.alone = fmt.Sprintf("%s of %s ends the agent: %s", Describe(p.script[p.pos]), p.name, r.crashed)
		}
	case end == leaves:
		r.unreachable = t.why
	case end == reached && r.victim:
		r.killVictim()
	case end.waiting():
		r.fruitless[i]++
		if t.endless != "" {
			r.endless[i] = fmt.Sprintf("%s of %s never ends: %s", Describe(p.script[p.pos]), p.name, t.endless)
		}
	default:
		r.fruitless, r.endless[i] = [2]int{}, ""
	}
	return nil
}

// asleep reports whether an agent still is where it fell asleep.
func (p *tracee) asleep() bool {
	return p.call != nil && p.state == running && proc.ThreadState(p.pid, p.tid) == 'S'
}

const (
	asleepAgain    = 5 * time.Millisecond
	alternations   = 3                      // fruitless turns of both before it is looked at
	stalledTime    = 500 * time.Millisecond // without progress are a deadlock
	stalledRounds  = 25                     // of sliceActive each, for agents that do not sleep
	stalledBetween = 5 * time.Millisecond
)

// stalled is reached when agent i waits. It finds out whether that ever ends.
func (r *run) stalled(i int) error {
	p, other := r.tracer.agents[i], r.tracer.agents[1-i]
	if r.last[i] == sleeps && (r.finished(1-i) || r.fruitless[1-i] > 0 && r.last[1-i] == sleeps && other.asleep()) {
		time.Sleep(asleepAgain)
		if p.asleep() && (r.finished(1-i) || other.asleep()) {
			r.stuck = true
			return nil
		}
	}
	if !r.finished(1-i) && (r.fruitless[0] < alternations || r.fruitless[1] < alternations) {
		return nil
	}
	return r.wait(i)
}

// wait lets the agents that wait run for a while, in turn, until one makes progress.
func (r *run) wait(i int) error {
	began := time.Now()
	for round := 0; round < 2*stalledRounds || time.Since(began) < stalledTime; round++ {
		if i = 1 - i; r.finished(i) {
			continue
		}
		if err := r.turn(i, &turn{slice: true}); err != nil || r.over() || !r.last[i].waiting() {
			return err
		}
		if r.last[i] != spins {
			time.Sleep(stalledBetween)
		}
	}
	r.stuck = true
	return nil
}

// observe does the scenario's last steps; false means that the agents are of no
// more use.
func (r *run) observe() bool {
	for _, step := range r.scenario.Observe {
		answer, ok := r.tracer.look(step)
		r.outcome.Observed = append(r.outcome.Observed, answer)
		if !ok {
			return false
		}
	}
	return true
}

// look does one step of observation.
func (t *tracer) look(step Step) (answer string, ok bool) {
	reply, err := t.agent(step.Agent).do(t.named(step.Request), observeLimit)
	switch {
	case errors.Is(err, errGone):
		return Describe(step.Request) + " " + endCrashed, false
	case errors.Is(err, errStops):
		return Describe(step.Request) + " stops the process", false
	case err != nil:
		return Describe(step.Request) + " " + endWaits, false
	}
	return answerOf(reply), true
}
