package explore

import "time"

// replay runs one interleaving again, and logs it.
func (t *tracer) replay(s *Scenario, id string) (Result, error) {
	began, runs := time.Now(), t.runs
	x := &search{tracer: t, scenario: s, relaxed: map[string]map[string]Outcome{}}
	x.result = Result{Scenario: s.Name, Preemptions: s.preemptions(), Interleavings: 1}
	t.scenario = s
	plan, err := parseID(id)
	if err != nil {
		return x.result, err
	}
	if x.allowed, err = x.oracle(s); err != nil || x.result.Unreachable != "" {
		return x.result, err
	}
	for range logTries {
		r, err := x.perform(plan, recording{events: true})
		if err != nil {
			return x.result, err
		}
		if r.unreachable != "" {
			x.result.Unreachable = r.unreachable
			break
		}
		if r.strayed {
			x.result.Inconclusive++
			continue
		}
		x.result.Inconclusive = 0
		x.result.Replayed = &Violation{ID: id, Outcome: r.outcome, Allowed: x.outcomes(), Events: r.events}
		if !x.accepts(r) {
			x.result.Violation = x.result.Replayed
		}
		break
	}
	x.result.Duration, x.result.Runs = time.Since(began), t.runs-runs
	return x.result, nil
}
