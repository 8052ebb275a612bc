package run

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/reports"
)

// Options are what the caller of a check decides.
type Options struct {
	Dir      string // where report.jsonl goes; must exist
	Jobs     int    // how many specs run at the same time, each in a world of its own; 0: one
	Header   reports.Header
	Strict   bool
	Observer Observer // or nil
}

// DefaultJobs is how many specs run at the same time where the caller does not
// say. Specs spend more than half of their time asleep, so two for each CPU leave
// some of it idle.
func DefaultJobs() int { return min(3*runtime.NumCPU(), 8) }

// RecordName is the record's name in the directory of a check.
const RecordName = "report.jsonl"

// loads is how many checks under load run at the same time, where so many others
// may: one for each CPU. Of more, the processes of one object would hardly ever run at
// the same time, and what they do to each other would not show.
func loads(jobs int) int { return min(max(jobs, 1), runtime.NumCPU()) }

// ErrUsage marks errors that are the caller's: an empty selection, a pattern
// that matches nothing, an output directory that cannot be written.
var ErrUsage = errors.New("usage")

// Do carries out a plan and gives the record, which is built from the events of
// the runners: the file is written as they arrive, and never read. An error
// means that there is no record; everything else is in it.
func Do(ctx context.Context, s Suite, p Plan, o Options) (*reports.Record, error) {
	began := time.Now()
	selection, err := s.Select(p)
	if err != nil {
		return nil, err
	}
	p.Budget, p.Measuring = selection.Share(p.Budget, loads(o.Jobs)), selection.Each(p.Claims, p.Measuring)
	s.Head(&o.Header, p, selection)
	journal, err := reports.Begin(filepath.Join(o.Dir, RecordName), o.Header)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	defer journal.Close()
	for _, r := range selection.Unjudged {
		if err := journal.Result(r); err != nil {
			return nil, err
		}
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	in := &intake{journal: journal, observer: o.Observer, power: p.Power, broken: map[string]string{}, stop: stop}
	if in.observer == nil {
		in.observer = nobody{}
	}
	total := len(selection.Checks)
	in.observer.Begin(total)
	runErr := in.run(running, s, p, selection, o.Jobs)
	in.observer.End()
	if in.failed != nil {
		return nil, in.failed
	}
	if runErr == nil && ctx.Err() == nil && in.results != total {
		runErr = fmt.Errorf("%d of %d checks gave a result, which is the kit's own fault", in.results, total)
	}
	footer := journal.Record().Closing(o.Strict, began)
	switch {
	case ctx.Err() != nil:
		footer.Interrupted, footer.Exit = true, reports.ExitInterrupted
		footer.Error = "interrupted before all checks had run"
	case runErr != nil:
		footer.Error, footer.Exit = runErr.Error(), reports.ExitKit
	}
	if err := journal.Footer(footer); err != nil {
		return nil, err
	}
	return journal.Record(), nil
}

// lanes is how many checks that only wait run beside the others at the same time.
const lanes = 3

// run has runners run the checks: load after what needs none, since of an object
// that hangs or crashes by itself load shows nothing more and takes long to do
// so; and last those that must run alone.
func (i *intake) run(ctx context.Context, s Suite, p Plan, selection Selection, jobs int) error {
	calm, load, beside, lonely := selection.phases()
	if jobs <= 1 {
		calm, beside = append(calm, beside...), nil
	}
	var wait sync.WaitGroup
	var besideErr error
	if len(beside) > 0 {
		wait.Go(func() { besideErr = i.share(ctx, p, beside, lanes) })
	}
	err := i.share(ctx, p, calm, jobs)
	if err == nil && ctx.Err() == nil {
		err = i.share(ctx, p, i.leaveOut(s, p, load), loads(jobs))
	}
	wait.Wait()
	if err = errors.Join(err, besideErr); err != nil || ctx.Err() != nil || len(lonely) == 0 {
		return err
	}
	p.Checks = lonely
	return i.follow(ctx, p, nil)
}

// leaveOut drops the checks under load of profiles in which a process has hung or
// crashed without load, puts that into the record, and gives the rest.
func (i *intake) leaveOut(s Suite, p Plan, load []catalogue.Check) (rest []catalogue.Check) {
	for _, c := range load {
		cause := i.cause(c.Profile)
		if cause == "" {
			rest = append(rest, c)
			continue
		}
		r := check.Result(&check.Suite{Catalogue: s.Catalogue, Seed: p.Seed}, c.Requirement)
		r.Verdict, r.Message = reports.NotChecked, "not put under load, since "+cause
		r.Checks = []reports.Check{{Kind: string(c.Kind), Profile: c.Profile, Verdict: r.Verdict, Note: r.Message}}
		i.take(event{Result: &r})
	}
	return rest
}

// share spreads checks over so many runners and follows them all.
func (i *intake) share(ctx context.Context, p Plan, checks []catalogue.Check, jobs int) error {
	if len(checks) == 0 {
		return nil
	}
	p.Checks, jobs = checks, min(max(jobs, 1), len(checks))
	queue, err := newQueue(len(p.Checks))
	if err != nil {
		return err
	}
	defer queue.Close()
	errs := make([]error, jobs)
	var wait sync.WaitGroup
	for n := range jobs {
		wait.Go(func() { errs[n] = i.follow(ctx, p, queue) })
	}
	wait.Wait()
	return errors.Join(errs...)
}
