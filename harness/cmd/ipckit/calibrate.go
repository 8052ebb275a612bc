package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// A calibration finds out what load can find on this host: implementations with
// seeded faults are put under the same load, for as long as the subject's
// checks are, and it is counted how often that is noticed. A pass means as much
// as that.
type calibration struct {
	suite run.Suite
	plan  run.Plan // of the subject
	jobs  int
	runs  int // of each fault
}

// A trial is a seeded fault before one requirement's check.
type trial struct {
	mutant      faults.Fault
	requirement string
	caught      int
	err         error
}

// measure gives, for each requirement that is to be checked, the faults and how
// often each was caught. It says so on standard error too.
func (c calibration) measure(ctx context.Context) (map[string]string, error) {
	selection, err := c.suite.Select(c.plan)
	if err != nil {
		return nil, runError(err)
	}
	share := selection.Share(c.plan.Budget, c.jobs)
	trials := c.trials(selection)
	say("calibration: %s, %s each, for %v", counted(len(trials), "seeded fault"), counted(c.runs, "time"), share.Round(time.Millisecond))
	gate := make(chan struct{}, c.jobs)
	var all sync.WaitGroup
	for _, t := range trials {
		all.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			for n := 0; n < c.runs && ctx.Err() == nil && t.err == nil; n++ {
				t.err = t.run(ctx, c.suite, share, uint64(n)+c.plan.Seed)
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return c.sum(trials)
}

// trials lists the faults that matter for what will be put under load.
func (c calibration) trials(selection run.Selection) []*trial {
	var list []*trial
	seen := map[string]bool{} // a requirement has a check for each profile
	for _, check := range selection.Checks {
		id := check.Requirement
		if check.Kind != catalogue.Stress || seen[id] {
			continue
		}
		seen[id] = true
		for _, m := range faults.All() {
			if (m.Requirement == id || suites.Shows(id, m.Requirement)) && !m.Base.Sources() && m.Kind == "" {
				list = append(list, &trial{mutant: m, requirement: id})
			}
		}
	}
	return list
}

// run puts the fault under load once.
func (t *trial) run(ctx context.Context, suite run.Suite, share time.Duration, seed uint64) error {
	target, err := openMutant(ctx, t.mutant)
	if err != nil {
		return err
	}
	defer func() { _ = target.close() }()
	dir, done, err := outDir("")
	if err != nil {
		return err
	}
	defer done()
	plan := target.plan(checkFlags{seed: seed, only: []string{t.requirement}})
	plan.Attempts, plan.Kinds, plan.Budget = 1, []catalogue.Kind{catalogue.Stress}, share
	record, err := run.Do(ctx, suite, plan, run.Options{Dir: dir, Header: run.Header(target.claims, target.way, "calibration")})
	switch {
	case err != nil:
		return err
	case record.Footer.Error != "":
		return errors.New(record.Footer.Error)
	case record.Footer.Exit == reports.ExitFail:
		t.caught++
	}
	return nil
}

// sum puts the counts into words.
func (c calibration) sum(trials []*trial) (map[string]string, error) {
	power := map[string]string{}
	out := tabwriter.NewWriter(os.Stderr, 0, 8, 2, ' ', 0)
	var errs []error
	for _, t := range trials {
		if t.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.mutant.ID, t.err))
			continue
		}
		count := fmt.Sprintf("%d/%d", t.caught, c.runs)
		fmt.Fprintf(out, "  %s\t%s\t%s\t%s\n", t.requirement, count, t.mutant.ID, t.mutant.Text)
		if power[t.requirement] != "" {
			power[t.requirement] += ", "
		}
		power[t.requirement] += t.mutant.ID + " " + count
	}
	_ = out.Flush()
	for id := range power {
		power[id] = "with as much load here, seeded faults were caught: " + power[id]
	}
	if len(errs) > 0 {
		return nil, kitError(errors.Join(errs...))
	}
	return power, nil
}
