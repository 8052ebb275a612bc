package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/temporary"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// checkFlags are shared by the commands that check.
type checkFlags struct {
	only      []string
	kinds     []string
	seed      uint64
	out       string
	format    string
	strict    bool
	patience  time.Duration
	isolation string
	jobs      int
	verbose   bool
	budget    time.Duration // of all load together
	measuring time.Duration // of all measured promises together; 0: the usual
}

// add gives a command these flags; budget is how long load goes on by default.
func (f *checkFlags) add(c *cobra.Command, budget time.Duration) {
	flags := c.Flags()
	flags.StringSliceVar(&f.only, "only", nil, "check only these: ids, families, levels, models, patterns such as 'BUF-*'")
	flags.StringSliceVar(&f.kinds, "kinds", nil, "run only checks of these kinds: "+strings.Join(kindNames(), ", ")+" (default: "+defaultKinds()+")")
	flags.Uint64Var(&f.seed, "seed", 0, "seed of the random numbers (0: a new one, which the report names)")
	flags.StringVar(&f.out, "out", "", "directory to write report.jsonl, report.html, report.md, report.json and junit.xml to")
	flags.StringVar(&f.format, "format", "terminal", "what to print: "+strings.Join(formatNames(), ", "))
	flags.BoolVar(&f.strict, "strict", false, "what this host cannot do counts as undecided")
	flags.DurationVar(&f.patience, "patience", 0, "how long an operation that should return may take (default 10s)")
	flags.StringVar(&f.isolation, "isolation", "auto", "auto: namespaces where the host allows them; none: do without")
	flags.DurationVar(&f.budget, "budget", budget, "how long load goes on, all its checks together; where it is given, also how long measured promises do")
	flags.IntVar(&f.jobs, "jobs", run.DefaultJobs(), "how many requirements are checked at the same time, each in a world of its own")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "list every requirement, and explain each that falls short")
	_ = c.RegisterFlagCompletionFunc("only", completeRequirements)
	_ = c.RegisterFlagCompletionFunc("kinds", cobra.FixedCompletions(kindNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("isolation", cobra.FixedCompletions([]string{"auto", "none"}, cobra.ShellCompDirectiveNoFileComp))
}

func (f *checkFlags) validate() error {
	if _, ok := formats[f.format]; !ok {
		return usage("--format %q: want one of %s", f.format, strings.Join(formatNames(), ", "))
	}
	for _, k := range f.kinds {
		if !slices.Contains(kindNames(), k) {
			return usage("--kinds %s: want some of %s", k, strings.Join(kindNames(), ", "))
		}
	}
	if f.isolation != "auto" && f.isolation != "none" {
		return usage("--isolation %q: want auto or none", f.isolation)
	}
	if f.jobs < 1 {
		return usage("--jobs %d: want 1 or more", f.jobs)
	}
	if f.budget <= 0 {
		return usage("--budget %v: want a duration above 0, such as 30s", f.budget)
	}
	if f.patience < 0 {
		return usage("--patience %v: want a duration above 0, such as 30s", f.patience)
	}
	if f.only != nil && len(f.only) == 0 {
		return usage("--only names nothing, so nothing would be checked: leave it out to check all that is claimed")
	}
	if f.kinds != nil && len(f.kinds) == 0 {
		return usage("--kinds names nothing, so nothing would be checked: want some of %s", strings.Join(kindNames(), ", "))
	}
	if f.seed == 0 {
		f.seed = rand.Uint64N(1<<32) + 1
	}
	return nil
}

func newCheck() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [SUBJECT]",
		Short: "Check an implementation against what it claims",
		Long: `Check starts processes of the subject, puts them through every requirement that
it claims, and reports each with a verdict. Without SUBJECT it checks the
reference implementation. Without --kinds it runs checks of the kinds
` + defaultKinds() + `. Load (stress) goes on for a moment,
` + run.Moment.String() + ` over all its checks; "ipckit stress" goes on for longer.

` + statuses,
		Example: `  ipckit check                              the reference implementation
  ipckit check ./mybuffer                   the subject whose ipckit.yaml is in ./mybuffer
  ipckit check ./mybuffer --only ` + suites.Example() + `  one requirement
  ipckit check ./mybuffer --out report      and write report/report.html`,
		Args:              oneSubject,
		ValidArgsFunction: completeSubjects,
		RunE: func(c *cobra.Command, args []string) error {
			name := "reference"
			if len(args) == 1 {
				name = args[0]
			}
			if c.Flags().Changed("budget") {
				f.measuring = f.budget
			}
			return checkSubject(c.Context(), name, f)
		},
	}
	f.add(c, run.Moment)
	return c
}

func checkSubject(ctx context.Context, name string, f checkFlags) error {
	return checkAs(ctx, name, f, newProgress(name), func(context.Context, run.Suite, *run.Plan) error { return nil })
}

// checkAs carries out a check whose plan is altered before it begins.
func checkAs(ctx context.Context, name string, f checkFlags, observer run.Observer, alter func(context.Context, run.Suite, *run.Plan) error) error {
	if err := f.validate(); err != nil {
		return err
	}
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	if err := ready(ctx, f.jobs, f.isolate()); err != nil {
		return err
	}
	t, err := open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }()
	if t.launcher.Path != "" {
		if err := smoke(ctx, t, f.isolate()); err != nil {
			return err
		}
	}
	dir, done, err := outDir(f.out)
	if err != nil {
		return err
	}
	defer done()
	header := run.Header(t.claims, t.way, strings.Join(os.Args, " "))
	header.Subject.Path, header.Selection = t.path, f.only
	plan := t.plan(f)
	if err := alter(ctx, suite, &plan); err != nil {
		return err
	}
	record, err := run.Do(ctx, suite, plan, run.Options{
		Dir: dir, Jobs: f.jobs, Header: header, Strict: f.strict, Observer: observer,
	})
	if err != nil {
		return runError(err)
	}
	if err := present(record, f, dir); err != nil {
		return err
	}
	if record.Footer.Exit != reports.ExitPass {
		return exitStatus{code: record.Footer.Exit}
	}
	return nil
}

// runError says whose fault it is that there is no record.
func runError(err error) error {
	if errors.Is(err, run.ErrUsage) {
		return usage("%s", strings.TrimPrefix(err.Error(), run.ErrUsage.Error()+": "))
	}
	return kitError(err)
}

// kindNames are the kinds of check that there are.
func kindNames() []string {
	var names []string
	for _, k := range catalogue.Kinds {
		names = append(names, string(k))
	}
	return names
}

// defaultKinds says which kinds of check run where none is asked for.
func defaultKinds() string { return catalogue.Listed(catalogue.DefaultKinds()) }

// ways gives the commands that run the kinds of check which a check leaves out.
func ways(name string) run.Ways {
	return func(k catalogue.Kind) string {
		switch k {
		case catalogue.Race:
			return "ipckit explore " + quote(name)
		case catalogue.Stress:
			return "ipckit stress " + quote(name)
		}
		return fmt.Sprintf("ipckit check %s --kinds %s", quote(name), k)
	}
}

// kindsOf are the kinds asked for; nil where none was.
func (f checkFlags) kindsOf() (kinds []catalogue.Kind) {
	for _, k := range f.kinds {
		kinds = append(kinds, catalogue.Kind(k))
	}
	return kinds
}

func (f checkFlags) isolate() world.Isolation {
	if f.isolation == "none" {
		return world.None
	}
	return world.Auto
}

func (t *target) plan(f checkFlags) run.Plan {
	p := run.Plan{
		Key: t.name, Claims: t.claims, Launcher: t.launcher, Baselines: t.against, Measuring: f.measuring, Programs: t.programs, Only: f.only,
		Kinds: f.kindsOf(), Seed: f.seed, Patience: f.patience, Isolation: f.isolate(),
		Repeat: f.repeat(t.name), Ways: ways(t.name), Budget: f.budget,
	}
	if t.buildErr != nil {
		p.BuildErr = t.buildErr.Error()
	}
	return p
}

// smoke looks at the adapter alone, before anything else is believed.
func smoke(ctx context.Context, t *target, isolation world.Isolation) error {
	w, err := world.New(ctx, world.Options{Isolation: isolation})
	if err != nil {
		return kitError(err)
	}
	defer w.Close()
	defer announce("starting " + t.name)()
	if _, err := agent.Smoke(ctx, w, t.launcher, t.claims); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return usage("the adapter of %s fails its smoke test, so nothing else would mean anything\n%w", t.name, err)
	}
	return nil
}

// outDir makes the directory that the record is written to: the one asked for,
// or one that is removed at the end.
func outDir(out string) (dir string, done func(), err error) {
	if out == "" {
		made, err := temporary.New(temporary.Report)
		if err != nil {
			return "", nil, usage("%w", err)
		}
		return made.Path, func() { _ = made.Close() }, nil
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return "", nil, usage("--out: %w", err)
	}
	for _, name := range append([]string{run.RecordName}, fileNames()...) {
		if err := os.Remove(filepath.Join(out, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", nil, usage("--out: %w", err)
		}
	}
	return out, func() {}, nil
}
