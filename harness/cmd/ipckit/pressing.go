package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// A pressing is what load found of a seeded race.
type pressing struct {
	Requirement string  `json:"requirement"` // whose check made the load
	Caught      int     `json:"caught"`
	Times       int     `json:"times"`
	Operations  int64   `json:"operations"` // until it was caught, the median; never caught: of all times together
	Seconds     float64 `json:"seconds"`    // likewise, until the check had ended
}

func (p *pressing) String() string {
	switch {
	case p == nil:
		return ""
	case p.Caught == 0:
		return fmt.Sprintf("not in %s operations, %.0f s", grouped(p.Operations), p.Seconds)
	case p.Operations == 0: // a round that ended in the middle is not counted
		return fmt.Sprintf("in the first round, %.0f ms", 1000*p.Seconds)
	}
	return fmt.Sprintf("%s operations, %.0f ms", grouped(p.Operations), 1000*p.Seconds)
}

// hits says how often of all times it was caught.
func (p *pressing) hits() string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%d of %d", p.Caught, p.Times)
}

// press puts a mutant under load in the profile whose scenario was explored, since
// a fault in one of two kinds of buffer does not show in the other.
func press(ctx context.Context, m faults.Fault, scenario string, f exploreFlags) (*pressing, error) {
	suite, err := suites.Suite()
	if err != nil {
		return nil, err
	}
	t, err := openMutant(ctx, m)
	if err != nil {
		return nil, err
	}
	defer func() { _ = t.close() }()
	claims := t.claims
	for profile, drop := range map[string]func(){
		subject.ProfileOneToOne: func() { claims.Profiles.Many = nil },
		subject.ProfileMany:     func() { claims.Profiles.OneToOne = nil },
	} {
		if len(scenario) > len(profile) && scenario[:len(profile)+1] == profile+"." {
			drop()
		}
	}
	p := &pressing{Requirement: suites.LoadOfRace(m.Requirement), Times: f.load}
	type catch struct {
		operations int64
		seconds    float64
	}
	var catches []catch
	for n := range f.load {
		plan := t.plan(checkFlags{seed: uint64(n) + 1, only: []string{p.Requirement}})
		plan.Claims, plan.Attempts, plan.Kinds, plan.Budget = claims, 1, []catalogue.Kind{catalogue.Stress}, f.budget
		count := &operationCount{}
		record, err := pressOnce(ctx, suite, plan, t, count)
		switch {
		case err != nil:
			return nil, err
		case record.Footer.Error != "":
			return nil, errors.New(record.Footer.Error)
		case record.Footer.Exit == reports.ExitFail:
			catches = append(catches, catch{count.operations, record.Footer.Seconds})
		default:
			p.Operations += count.operations
			p.Seconds += record.Footer.Seconds
		}
	}
	if p.Caught = len(catches); p.Caught > 0 {
		slices.SortFunc(catches, func(a, b catch) int { return cmp.Compare(a.operations, b.operations) })
		median := catches[(p.Caught-1)/2]
		p.Operations, p.Seconds = median.operations, median.seconds
	}
	return p, nil
}

func pressOnce(ctx context.Context, suite run.Suite, plan run.Plan, t *target, count *operationCount) (*reports.Record, error) {
	dir, done, err := outDir("")
	if err != nil {
		return nil, err
	}
	defer done()
	return run.Do(ctx, suite, plan, run.Options{Dir: dir, Header: run.Header(t.claims, t.way, "seeded races under load"), Observer: count})
}

// operationCount is how far the one check of a run has come.
type operationCount struct{ operations int64 }

func (*operationCount) Begin(int)             {}
func (*operationCount) Start(string, string)  {}
func (*operationCount) Result(reports.Result) {}
func (*operationCount) End()                  {}

func (c *operationCount) Progress(_ string, operations, _ int64) { c.operations = operations }
