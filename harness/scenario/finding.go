package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/reports"
)

// A Finding is what the exploration of a scenario gave: one of the two results
// is there.
type Finding struct {
	Scenario Scenario
	Result   *explore.Result
	Kill     *explore.KillResult
}

// Limits of an exploration.
const (
	limit = 10 * time.Minute // of one scenario: many accesses take long on a busy machine
	tries = 3                // of one that a disturbance left without a result
)

// Explore explores a scenario in a world. What was disturbed, so that something
// did not repeat, is explored again. What these agents cannot run gives an
// inconclusive finding, and no error.
func (s Scenario) Explore(ctx context.Context, e *explore.Explorer, world string) (Finding, error) {
	return s.explore(ctx, e, world, "")
}

// Replay runs one interleaving, or one death, again.
func (s Scenario) Replay(ctx context.Context, e *explore.Explorer, world, id string) (Finding, error) {
	return s.explore(ctx, e, world, id)
}

func (s Scenario) explore(ctx context.Context, e *explore.Explorer, world, id string) (Finding, error) {
	f := Finding{Scenario: s}
	for range tries {
		err := f.run(ctx, e, world, id)
		var failed *explore.Failed
		if errors.As(err, &failed) {
			return Unexplored(s, failed.Reason), nil
		}
		if err != nil || f.settled() {
			return f, err
		}
	}
	return f, nil
}

func (f *Finding) run(ctx context.Context, e *explore.Explorer, world, id string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	steps := f.Scenario.In(world)
	if f.Scenario.Deaths {
		k, err := e.KillAt(ctx, steps, id)
		f.Kill = &k
		return err
	}
	var r explore.Result
	var err error
	if id == "" {
		r, err = e.Explore(ctx, steps)
	} else {
		r, err = e.Replay(ctx, steps, id)
	}
	f.Result = &r
	return err
}

// settled reports whether exploring again would show nothing new.
func (f *Finding) settled() bool {
	if f.Kill != nil {
		return f.Kill.Inconclusive == 0 || f.bad() != nil
	}
	return f.Result.Inconclusive == 0 || f.Result.Violation != nil
}

// Unexplored is what there is to say of a scenario that was not explored.
func Unexplored(s Scenario, why string) Finding {
	return Finding{Scenario: s, Result: &explore.Result{Scenario: s.ID, Unreachable: why}}
}

// bad is the first death that B did not get over.
func (f *Finding) bad() *explore.KillPoint {
	for i, p := range f.Kill.Points {
		if p.Verdict != explore.GoesOn {
			return &f.Kill.Points[i]
		}
	}
	return nil
}

// Runs is how often the scenario was run, and Interleavings how many different
// ones there were.
func (f *Finding) Runs() int {
	if f.Kill != nil {
		return len(f.Kill.Points)
	}
	return f.Result.Runs
}

// Interleavings is how many different ones were run; of deaths, their number.
func (f *Finding) Interleavings() int {
	if f.Kill != nil {
		return len(f.Kill.Points)
	}
	return f.Result.Interleavings
}

// Duration is how long it took.
func (f *Finding) Duration() time.Duration {
	if f.Kill != nil {
		return f.Kill.Duration
	}
	return f.Result.Duration
}

// ID names the interleaving that is to be replayed; "" where nothing was found.
func (f *Finding) ID() string {
	switch {
	case f.Kill != nil:
		if p := f.bad(); p != nil {
			return p.ID
		}
	case f.Result.Violation != nil:
		return f.Result.Violation.ID
	}
	return ""
}

// Outcome is what was found led to; "" where nothing was.
func (f *Finding) Outcome() string {
	if x := f.Witness(); x != nil {
		return x.Outcome
	}
	return ""
}

// broken is what went wrong with whole operations already; "" where nothing did.
func (f *Finding) broken() explore.Fate {
	if f.Kill != nil {
		return f.Kill.Broken
	}
	return f.Result.Broken
}

// NeverEnds reports whether an operation, or the scenario in any order of whole
// operations, did not come to its end.
func (f *Finding) NeverEnds() bool { return f.broken() == explore.Hangs }

// Verdict is pass, fail, crash, timeout or inconclusive.
func (f *Finding) Verdict() reports.Verdict {
	switch f.broken() {
	case explore.Hangs:
		return reports.Timeout
	case explore.Crashes:
		return reports.Crash
	}
	if f.Kill != nil {
		if p := f.bad(); p != nil {
			switch p.Verdict {
			case explore.Hangs:
				return reports.Timeout
			case explore.Crashes:
				return reports.Crash
			}
			return reports.Fail
		}
		if !f.Kill.Decided() {
			return reports.Inconclusive
		}
		return reports.Pass
	}
	switch v := f.Result.Violation; {
	case v != nil && v.Outcome.Crashed():
		return reports.Crash
	case v != nil && v.Outcome.Stuck():
		return reports.Timeout
	case v != nil:
		return reports.Fail
	case !f.Result.Decided():
		return reports.Inconclusive
	}
	return reports.Pass
}

// Breaks reports whether what was found breaks a requirement. A process that
// hangs breaks the promise that those which wait go on, and not that of the order
// of items; a wrong answer is the other way round.
func (f *Finding) Breaks(id string) bool {
	shows := f.Scenario.Shows
	if f.broken() != "" { // nothing was explored
		return slices.Contains(shows, id)
	}
	wakes := func(id string) bool { return slices.Contains(f.Scenario.Wakes, id) }
	switch f.Verdict() {
	case reports.Pass:
		return false
	case reports.Timeout:
		if i := slices.IndexFunc(shows, wakes); i >= 0 {
			return id == shows[i]
		}
		return len(shows) > 0 && id == shows[0]
	case reports.Fail:
		if !slices.ContainsFunc(shows, func(id string) bool { return !wakes(id) }) {
			return slices.Contains(shows, id)
		}
		return slices.Contains(shows, id) && !wakes(id)
	}
	return slices.Contains(shows, id)
}

// String says what was found, in one line.
func (f *Finding) String() string {
	if f.Kill != nil {
		if p := f.bad(); p != nil {
			return fmt.Sprintf("A killed at %s: B %s; %v", where(p.Before), p.Verdict, p.Outcome)
		}
		return f.Kill.String()
	}
	return f.Result.String()
}

// where is the place of an event: "ring.c:67 put".
func where(e explore.Event) string {
	switch {
	case e.File != "":
		return fmt.Sprintf("%s:%d", e.File, e.Line)
	case e.Function != "":
		return e.Function
	}
	return "its access"
}
