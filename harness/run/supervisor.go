package run

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/reexec"
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

// DefaultJobs is how many specs run at the same time unless somebody says
// otherwise. More of them than CPUs are no faster: their worlds are made and
// ended by the kernel, which has its hands full then.
func DefaultJobs() int { return min(runtime.NumCPU(), 4) }

// RecordName is the record's name in the directory of a check.
const RecordName = "report.jsonl"

// ErrUsage marks errors that are the caller's: an empty selection, a pattern
// that matches nothing, an output directory that cannot be written.
var ErrUsage = errors.New("usage")

// Do carries out a plan and gives the record. An error means that there is no
// record; everything else is in it.
func Do(ctx context.Context, s Suite, p Plan, o Options) (*reports.Record, error) {
	items, err := catalogue.Select(s.Catalogue, p.Claims, p.Only)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	began := time.Now()
	implemented := s.Implemented()
	total := countChecks(items, implemented, p.Runs)
	lonely := countChecks(items, implemented, func(k catalogue.Kind) bool { return alone(k) && p.Runs(k) })
	if total == 0 {
		return nil, fmt.Errorf("%w: nothing to check: of what was selected, nothing is both claimed by %s and checked by this version of the kit; `ipckit list` shows what is", ErrUsage, p.Claims.Subject)
	}
	p.Budget = p.Budget * time.Duration(min(max(o.Jobs, 1), total)) / time.Duration(total) // each one's share
	p.Record = filepath.Join(o.Dir, RecordName)
	o.Header.Seed, o.Header.Total, o.Header.Suite = p.Seed, total, s.Version
	o.Header.Families = families(s.Catalogue)
	writer, err := reports.Create(p.Record, o.Header)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	defer writer.Close()
	asked, err := catalogue.Match(s.Catalogue, p.Only)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	for _, r := range unchecked(s, p, items, implemented, asked) {
		if err := writer.Result(r); err != nil {
			return nil, err
		}
	}
	observer := o.Observer
	if observer == nil {
		observer = nobody{}
	}
	observer.Begin(total)
	counted := &counter{Observer: observer}
	observer = counted
	var runErr error
	if together := total - lonely; together > 0 {
		runErr = share(ctx, p, together, min(max(o.Jobs, 1), together), observer)
	}
	if lonely > 0 && runErr == nil && ctx.Err() == nil {
		p.Part = Part{Alone: true}
		runErr = follow(ctx, p, nil, observer)
	}
	observer.End()
	if runErr == nil && ctx.Err() == nil && counted.results != total {
		runErr = fmt.Errorf("%d of %d checks gave a result, which is the kit's own fault", counted.results, total)
	}

	record, err := reports.Read(p.Record)
	if err != nil {
		return nil, err
	}
	footer := reports.Footer{
		Counts: record.Counts(), Headline: record.Finding(), Exit: record.Verdicts(o.Strict),
		Seconds: time.Since(began).Seconds(), Time: time.Now().UTC(),
	}
	switch {
	case ctx.Err() != nil:
		footer.Interrupted, footer.Exit = true, reports.ExitInterrupted
		footer.Error = "interrupted before all checks had run"
	case runErr != nil:
		footer.Error, footer.Exit = runErr.Error(), reports.ExitKit
	}
	if err := writer.Footer(footer); err != nil {
		return nil, err
	}
	return reports.Read(p.Record)
}

// Checks counts the checks that a plan has, each with its profile.
func (s Suite) Checks(p Plan) (int, error) {
	items, err := catalogue.Select(s.Catalogue, p.Claims, p.Only)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	return countChecks(items, s.Implemented(), p.Runs), nil
}

// families gives the order in which reports show what ends in any order.
func families(c *catalogue.Catalogue) []reports.Family {
	var list []reports.Family
	for _, f := range c.Families {
		family := reports.Family{ID: f.ID, Title: f.Title, Model: f.Model}
		for _, q := range f.Requirements {
			family.Requirements = append(family.Requirements, q.ID)
		}
		list = append(list, family)
	}
	return list
}

// countChecks counts the specs that will run, of some kinds.
func countChecks(items []catalogue.Item, implemented map[string][]catalogue.Kind, of func(catalogue.Kind) bool) (n int) {
	for _, item := range items {
		if item.Status != catalogue.Claimed || !item.Selected {
			continue
		}
		for _, kind := range implemented[item.Requirement.ID] {
			if of(kind) {
				n += len(item.Profiles)
			}
		}
	}
	return n
}

// share deals specs out to so many runners and follows them all.
func share(ctx context.Context, p Plan, specs, jobs int, observer Observer) error {
	deck, err := newDeck(specs)
	if err != nil {
		return err
	}
	defer deck.Close()
	one := &oneByOne{observer: observer}
	errs := make([]error, jobs)
	var wait sync.WaitGroup
	for i := range jobs {
		wait.Go(func() { errs[i] = follow(ctx, p, deck, one) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// counter counts the results on their way: a check of which nothing was heard
// must not go unnoticed.
type counter struct {
	Observer
	results int
}

// Progress is for observers that watch.
func (c *counter) Progress(id string, operations, faults int64) {
	progress(c.Observer, id, operations, faults)
}

func (c *counter) Result(r reports.Result) {
	c.results++
	c.Observer.Result(r)
}

// oneByOne lets the followers of several runners call an observer in turn.
type oneByOne struct {
	mutex    sync.Mutex
	observer Observer
}

func (o *oneByOne) Begin(int) {}
func (o *oneByOne) End()      {}

func (o *oneByOne) Start(id, kind string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.observer.Start(id, kind)
}

// Progress is for observers that watch.
func (o *oneByOne) Progress(id string, operations, faults int64) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	progress(o.observer, id, operations, faults)
}

func progress(o Observer, id string, operations, faults int64) {
	if w, ok := o.(Watcher); ok {
		w.Progress(id, operations, faults)
	}
}

func (o *oneByOne) Result(r reports.Result) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.observer.Result(r)
}

// unchecked makes the lines of what will not run: it is listed all the same.
func unchecked(s Suite, p Plan, items []catalogue.Item, implemented map[string][]catalogue.Kind, asked func(*catalogue.Requirement) bool) []reports.Result {
	suite := p.suite(s, items)
	var list []reports.Result
	for _, item := range items {
		r := check.Result(suite, item.Requirement.ID)
		switch {
		case !asked(item.Requirement):
			continue
		case item.Status == catalogue.NotClaimed:
			r.Verdict = reports.NotClaimed
		case item.Status == catalogue.Excluded:
			r.Verdict, r.Message = reports.Excluded, "the profile is claimed as partial, without this"
		case len(implemented[r.Requirement]) == 0:
			r.Verdict, r.Message = reports.NotChecked, "this version of the kit has no check for it yet"
		case p.Kinds == nil && !slices.ContainsFunc(implemented[r.Requirement], p.Runs):
			r.Verdict, r.Message = reports.NotChecked, "its check is of a kind that is run only when asked for: --kinds race, or ipckit explore"
		default:
			continue
		}
		r.Repeat = ""
		for _, k := range item.Requirement.Checks {
			if !slices.Contains(implemented[r.Requirement], k) {
				r.Checks = append(r.Checks, reports.Check{Kind: string(k), Verdict: r.Verdict})
			}
		}
		list = append(list, r)
	}
	return list
}

// follow starts a runner and reads its events until it ends. What it runs is
// dealt out from the deck, if there is one.
func follow(ctx context.Context, p Plan, deck *os.File, observer Observer) error {
	planOut, planIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer planIn.Close()
	eventsOut, eventsIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer eventsOut.Close()
	log, err := os.CreateTemp("", "ipckit-runner-*.log")
	if err != nil {
		return err
	}
	defer log.Close()
	if err := os.Remove(log.Name()); err != nil { // by descriptor from here on: nothing is left, whoever is killed
		return err
	}

	file, args, env := reexec.Args(Role)
	cmd := exec.Command(file)
	cmd.Args = args
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{planOut, eventsIn}
	if deck != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, deck)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through us, once
	err = cmd.Start()
	planOut.Close()
	eventsIn.Close()
	if err != nil {
		return fmt.Errorf("the runner could not be started: %w", err)
	}
	stop := context.AfterFunc(ctx, func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		time.AfterFunc(grace, func() { _ = cmd.Process.Kill() })
	})
	defer stop()
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := planIn.Write(append(text, '\n')); err != nil {
		_ = cmd.Process.Kill()
	}
	ended, runErr := observe(eventsOut, observer)
	waitErr := cmd.Wait()
	if ended && waitErr == nil {
		return nil
	}
	if runErr == nil {
		runErr = waitErr
	}
	if runErr == nil {
		runErr = errors.New("it ended without saying so")
	}
	return fmt.Errorf("the runner failed, which is the kit's own fault: %w%s", runErr, tail(log))
}

// grace is what an interrupted runner gets to end its worlds.
const grace = 10 * time.Second

func observe(r io.Reader, observer Observer) (ended bool, err error) {
	in := bufio.NewReader(r)
	for {
		line, readErr := in.ReadBytes('\n')
		if readErr != nil {
			return ended, err
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		switch {
		case e.Operations > 0:
			progress(observer, e.Start, e.Operations, e.Faults)
		case e.Start != "":
			observer.Start(e.Start, e.Kind)
		case e.Result != nil:
			observer.Result(*e.Result)
		case e.Ended:
			ended = true
		case e.Error != "":
			err = errors.New(e.Error)
		}
	}
}

// tail gives the end of the runner's output.
func tail(log *os.File) string {
	const most = 4000
	info, err := log.Stat()
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(io.NewSectionReader(log, max(info.Size()-most, 0), most))
	if err != nil || len(text) == 0 {
		return ""
	}
	return "\nits last output:\n" + strings.TrimSpace(string(text))
}

type nobody struct{}

func (nobody) Begin(int)             {}
func (nobody) Start(string, string)  {}
func (nobody) Result(reports.Result) {}
func (nobody) End()                  {}
