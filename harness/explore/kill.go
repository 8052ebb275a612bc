package explore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// A KillResult is what became of B when A was killed inside its operations.
type KillResult struct {
	Scenario string        `json:"scenario"`
	Points   []KillPoint   `json:"points"` // one for each access of A, in order
	Duration time.Duration `json:"duration"`

	// Inconclusive are points that A did not come by again.
	Inconclusive int    `json:"inconclusive,omitempty"`
	LeftOut      int    `json:"left_out,omitempty"`    // as in Result
	Cut          bool   `json:"cut,omitempty"`         // as in Result
	Broken       Fate   `json:"broken,omitempty"`      // as in Result
	Unreachable  string `json:"unreachable,omitempty"` // as in Result
}

// A KillPoint is one access before which A was killed.
type KillPoint struct {
	ID      string  `json:"id"`
	Before  Event   `json:"before"` // the place in the source; its Text says what access it is
	Verdict Fate    `json:"verdict"`
	Outcome Outcome `json:"outcome"`          // of A what it had answered; B's observations
	Events  []Event `json:"events,omitempty"` // what was done, where B did not get on
}

// A Fate is what a death means for the other agent.
type Fate string

// Fates. B goes on also where the death was reported to it (peer-dead, owner-dead).
const (
	GoesOn  Fate = "goes on"
	Hangs   Fate = "hangs"
	Crashes Fate = "crashes"
	Lost    Fate = "lost" // the state is as it is neither with A's operation done nor without
)

// Count is the number of points with a fate.
func (k KillResult) Count(f Fate) (n int) {
	for _, p := range k.Points {
		if p.Verdict == f {
			n++
		}
	}
	return n
}

// Decided reports whether A was killed at each of its points.
func (k KillResult) Decided() bool { return k.Unreachable == "" && !k.Cut && k.Inconclusive == 0 }

// String reads "13 points: 3 goes on, 10 hangs".
func (k KillResult) String() string {
	switch {
	case k.Broken != "":
		return k.Unreachable
	case k.Unreachable != "":
		return "out of reach: " + k.Unreachable
	}
	var parts []string
	for _, f := range []Fate{GoesOn, Hangs, Crashes, Lost} {
		if n := k.Count(f); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, f))
		}
	}
	text := fmt.Sprintf("%d points: %s", len(k.Points), strings.Join(parts, ", "))
	if k.LeftOut > 0 {
		text += "; " + Passes
	}
	if k.Inconclusive > 0 {
		text += fmt.Sprintf("; %d did not repeat and say nothing", k.Inconclusive)
	}
	if k.Cut {
		text += "; cut short by the time limit"
	}
	return text
}

// killSweep kills A before each of its accesses, or, where id is one, before
// that alone.
func (t *tracer) killSweep(s *Scenario, limit time.Duration, id string) (k KillResult, err error) {
	began := time.Now()
	defer func() { k.Duration = time.Since(began) }()
	k.Scenario = s.Name
	alone := *s
	alone.Observe = observedByB(s.Observe)
	t.scenario = &alone
	x := &search{tracer: t, scenario: &alone, deadline: began.Add(limit)}
	possible, err := x.survivals()
	k.Broken = x.result.Broken
	if k.Unreachable = x.result.Unreachable; err != nil || k.Unreachable != "" {
		return k, err
	}
	points, err := x.pointsOfA()
	if k.Unreachable = x.result.Unreachable; err != nil || k.Unreachable != "" {
		return k, err
	}
	if id != "" {
		at, err := parseID(id)
		if err != nil || at.first != 0 || len(at.switches) != 1 {
			return k, errors.Join(err, fmt.Errorf("%q is no death of A: want one such as A:0.3", id))
		}
		points = at.switches
	}
	points, k.LeftOut = choose(points, s.EveryPass)
	for _, p := range points {
		if k.Cut = x.over(); k.Cut {
			return k, nil
		}
		at, ok, err := x.fateAt(p, possible)
		if err != nil {
			return k, err
		}
		if !ok {
			k.Inconclusive++
			continue
		}
		k.Points = append(k.Points, at)
		if s.First && at.Verdict != GoesOn {
			return k, nil
		}
	}
	return k, nil
}

// deathTries is how often B must fail for it to count.
const deathTries = 3

// fateAt kills A at a point and gives what became of B; false where that was
// not the same each time. Only what is bad is looked at again.
func (x *search) fateAt(p point, possible map[string]bool) (at KillPoint, ok bool, err error) {
	for try := range deathTries {
		r := &run{tracer: x.tracer, scenario: x.scenario, schedule: schedule{switches: []point{p}}, victim: true}
		r.recording.events = try == deathTries-1
		if err := r.execute(); err != nil || r.strayed {
			return at, false, err
		}
		fate := KillPoint{ID: r.schedule.id(), Before: r.killedAt, Outcome: r.outcome, Verdict: GoesOn, Events: r.events}
		switch o := r.outcome; {
		case o.Ends[1] == endCrashed:
			fate.Verdict = Crashes
		case possible[survival(o)]:
		case o.Stuck() || slices.ContainsFunc(o.Observed, func(s string) bool { return strings.HasSuffix(s, endWaits) }):
			fate.Verdict = Hangs
		default:
			fate.Verdict = Lost
		}
		if try > 0 && (fate.Verdict != at.Verdict || fate.Outcome.key() != at.Outcome.key()) {
			return at, false, nil
		}
		if at = fate; at.Verdict == GoesOn {
			return at, true, nil
		}
	}
	return at, true, nil
}

// observedByB has B, which survives, do all the observation.
func observedByB(steps []Step) []Step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].Agent = B
	}
	return steps
}

// survival is what B learns of an outcome. A lock whose owner died counts as
// acquired; the death may be reported again, until what the lock guards is put right.
func survival(o Outcome) string {
	got := func(answers []string) string {
		text := strings.Join(answers, ",")
		return strings.ReplaceAll(text, string(subject.OwnerDead), "ok")
	}
	return got(o.Answers[1]) + o.Ends[1] + " then " + got(o.Observed)
}

// survivals are the states that B may find: with any number of A's operations
// done, from the first on, and the rest not. B may have to wait for A where it
// would if A had done nothing, or all; but not because A was between two
// operations, as with a lock that it acquired.
func (x *search) survivals() (map[string]bool, error) {
	possible := map[string]bool{}
	for n := range len(x.scenario.A) + 1 {
		part := *x.scenario
		part.A = part.A[:n]
		r, ok, err := x.sequence(&part, nil)
		if err != nil || !ok {
			return nil, err
		}
		if between := n > 0 && n < len(x.scenario.A); !between || !r.outcome.Stuck() {
			possible[survival(r.outcome)] = true
		}
	}
	return possible, nil
}

// pointsOfA are the accesses of A's operations, when it runs first.
func (x *search) pointsOfA() ([]point, error) {
	r, err := x.perform(schedule{}, recording{points: true})
	if err != nil {
		return nil, err
	}
	x.result.Unreachable = r.unreachable
	return slices.DeleteFunc(r.points, func(p point) bool { return p.Between }), nil
}

// killVictim kills A where its turn stopped, and remembers where that was.
func (r *run) killVictim() {
	p := r.tracer.agents[0]
	if registers, err := p.registers(); err == nil {
		r.killedAt = p.eventAt(registers, Event{Agent: A, Kind: kindNote, Text: "killed here"})
		if r.recording.events {
			r.events = append(r.events, r.killedAt)
		}
	}
	_ = unix.Kill(p.pid, unix.SIGKILL)
	for p.state != dead {
		if _, err := p.take(0); err != nil {
			return
		}
	}
}

// tryAgain repeats an operation of B whose answer was that A is dead: the next one
// goes on. An owner's death is reported with the lock granted.
func (r *run) tryAgain(p *tracee) {
	if n := len(p.answers); r.victim && !r.warned && n > 0 && n == p.pos && p.answers[n-1] == string(subject.PeerDead) {
		r.warned = true
		p.answers, p.pos = p.answers[:n-1], p.pos-1
	}
}
