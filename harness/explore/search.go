package explore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A search looks through the interleavings of one scenario.
type search struct {
	*tracer
	scenario *Scenario
	allowed  map[string]Outcome
	relaxed  map[string]map[string]Outcome // oracles of scenarios without some operations
	deadline time.Time
	delayed  []schedule // what is left to run, with stores delayed
	result   Result
}

// explore runs every interleaving within the bound, up to the first violation.
func (t *tracer) explore(s *Scenario, limit time.Duration) (Result, error) {
	began, runs := time.Now(), t.runs
	x := &search{tracer: t, scenario: s, deadline: began.Add(limit), relaxed: map[string]map[string]Outcome{}}
	x.result = Result{Scenario: s.Name, Preemptions: s.preemptions(), StoreBuffers: s.StoreBuffers}
	err := x.everything()
	x.result.Duration, x.result.Runs = time.Since(began), t.runs-runs
	return x.result, err
}

func (x *search) everything() (err error) {
	x.tracer.scenario = x.scenario
	if x.allowed, err = x.oracle(x.scenario); err != nil || x.over() {
		return err
	}
	for first := range 2 {
		if err := x.visit(schedule{first: first}, nil); err != nil {
			return err
		}
	}
	for _, s := range x.delayed {
		if err := x.visit(s, nil); err != nil {
			return err
		}
	}
	return nil
}

// over reports whether the search has come to its end.
func (x *search) over() bool {
	if x.result.Violation != nil || x.result.Unreachable != "" {
		return true
	}
	x.result.Cut = x.result.Cut || !x.deadline.IsZero() && time.Now().After(x.deadline)
	return x.result.Cut
}

// visit runs a schedule, and those that switch once more. The probes show which
// of them are run with stores delayed, too.
func (x *search) visit(s schedule, probes []probe) error {
	if x.over() {
		return nil
	}
	deeper := len(s.switches) < x.scenario.preemptions() && !s.delays()
	rec := recording{points: deeper, loads: deeper && x.scenario.StoreBuffers, probes: probes}
	r, err := x.perform(s, rec)
	if err != nil {
		return err
	}
	if r.strayed {
		if r, err = x.perform(s, rec); err != nil {
			return err
		}
	}
	x.result.Interleavings++
	switch {
	case r.strayed:
		x.result.Inconclusive++
		return nil
	case r.unreachable != "":
		x.result.Unreachable = r.unreachable
		return nil
	case !x.accepts(r):
		if err := x.confirm(s, r); err != nil || x.over() {
			return err
		}
	}
	x.delay(s, r)
	if !deeper {
		return nil
	}
	points, leftOut := choose(r.points, x.scenario.EveryPass)
	x.result.LeftOut += leftOut
	for i, p := range points {
		next, probes := s.then(p), r.probesAt(p)
		if i == 0 && p.Op == 0 && len(s.switches) == 0 { // before anything: the other agent first
			if probes == nil {
				continue
			}
			probing, err := x.perform(next, recording{probes: probes})
			if err != nil {
				return err
			}
			x.delay(next, probing)
			continue
		}
		if err := x.visit(next, probes); err != nil {
			return err
		}
	}
	return nil
}

// then is the schedule that switches once more.
func (s schedule) then(p point) schedule {
	return schedule{s.first, append(slices.Clone(s.switches), p)}
}

func (x *search) perform(s schedule, rec recording) (*run, error) {
	rec.probes = slices.Clone(rec.probes)
	r := &run{tracer: x.tracer, scenario: x.scenario, schedule: s, recording: rec}
	return r, r.execute()
}

// logTries is how often an interleaving is repeated with everything logged.
const logTries = 3

// confirm repeats an interleaving with an outcome that is not allowed: only
// what comes out again, every time, is a violation.
func (x *search) confirm(s schedule, first *run) error {
	again, err := x.perform(s, recording{})
	if err != nil {
		return err
	}
	if again.strayed || again.outcome.key() != first.outcome.key() || x.accepts(again) {
		x.result.Inconclusive++
		return nil
	}
	if len(s.switches) == 0 && !first.stuck { // the oracle did the same, untraced
		x.result.Unreachable = fmt.Sprintf("run as a sequence, but traced, it gives %v, and untraced %v", again.outcome, x.outcomes())
		return nil
	}
	for range logTries {
		logged, err := x.perform(s, recording{events: true})
		if err != nil {
			return err
		}
		if !logged.strayed && logged.outcome.key() == first.outcome.key() {
			x.result.Violation = &Violation{ID: s.id(), Outcome: first.outcome, Allowed: x.outcomes(), Events: logged.events}
			return nil
		}
	}
	x.result.Inconclusive++
	return nil
}

// outcomes are those allowed, in order.
func (x *search) outcomes() []Outcome {
	var all []Outcome
	for _, o := range x.allowed {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b Outcome) int { return strings.Compare(a.key(), b.key()) })
	return all
}

// id names a schedule: "A:0.3" is A's first operation left before its fourth
// access; "B:1.2+,0.1" leaves B between read and write, then A; "A:0.5~0.3" leaves
// A with the stores from its fourth access on in the store buffer.
func (s schedule) id() string {
	var points []string
	for _, p := range s.switches {
		text := fmt.Sprintf("%d.%d", p.Op, p.Access)
		if p.Between {
			text += "+"
		}
		if p.since != nil {
			text += fmt.Sprintf("~%d.%d", p.since.Op, p.since.Access)
		}
		points = append(points, text)
	}
	return []string{A, B}[s.first] + ":" + strings.Join(points, ",")
}

// parseID is the inverse of id. What it gives is not bound to any code.
func parseID(id string) (schedule, error) {
	wrong := fmt.Errorf("interleaving %q: want an agent and where it is left, as in A:0.3, A:0.5~0.3 or B:1.2+,0.1", id)
	agent, rest, ok := strings.Cut(id, ":")
	s := schedule{first: strings.Index(A+B, agent)}
	if !ok || len(agent) != 1 || s.first < 0 {
		return s, wrong
	}
	if rest == "" {
		return s, nil
	}
	for text := range strings.SplitSeq(rest, ",") {
		text, since, delays := strings.Cut(text, "~")
		p, ok := parsePoint(text)
		if delays {
			first, known := parsePoint(since)
			ok = ok && known && !p.Between && !first.Between && first.before(p)
			p.since = &first
		}
		if !ok {
			return s, wrong
		}
		s.switches = append(s.switches, p)
	}
	return s, nil
}

// parsePoint reads "0.3" or "0.3+".
func parsePoint(text string) (p point, ok bool) {
	text, p.Between = strings.CutSuffix(text, "+")
	op, access, ok := strings.Cut(text, ".")
	var err1, err2 error
	p.Op, err1 = strconv.Atoi(op)
	p.Access, err2 = strconv.Atoi(access)
	return p, ok && err1 == nil && err2 == nil && p.Op >= 0 && p.Access >= 0
}
