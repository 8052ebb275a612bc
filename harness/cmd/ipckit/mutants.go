package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

func newMutants() *cobra.Command {
	var f mutantFlags
	c := &cobra.Command{
		Use:   "mutants",
		Short: "Check the kit itself: every seeded fault must be caught",
		Long: `Mutants checks each implementation that has a seeded fault (a mutant) for the
requirement that must catch the fault, and the correct implementation for all
that it claims. A mutant that is not caught, or is caught in another way than its
table declares, survives: exit status 1. One that is caught by measuring its speed is
measured alone, after all others; where --measure ends before that is decided, as on a
machine that does other things, it is named and does not count.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return killMatrix(c.Context(), f)
		},
	}
	c.Flags().StringSliceVar(&f.only, "only", nil, "only these mutants or requirements, by id or family")
	_ = c.RegisterFlagCompletionFunc("only", completeRequirements)
	c.Flags().IntVar(&f.jobs, "jobs", 2*runtime.NumCPU(), "how many at the same time; most of the time they wait")
	c.Flags().DurationVar(&f.measuring, "measure", 12*time.Second, "how long at most each is measured that is caught by its speed")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON lines instead of a table")
	c.Flags().StringVar(&f.out, "out", "", "directory to write "+firstLinesName+" to: the line by which a reader learns of each fault")
	return c
}

type mutantFlags struct {
	only      []string
	jobs      int
	measuring time.Duration
	json      bool
	out       string
}

// tries is how often a mutant is checked before it counts as a survivor.
const tries = 3

// A death says how a mutant was caught, or that it was not.
type death struct {
	Mutant      string  `json:"mutant"`
	Fault       string  `json:"fault"`
	Requirement string  `json:"requirement"`
	Expected    string  `json:"expected"`
	At          string  `json:"at"`
	Verdict     string  `json:"verdict"`
	Message     string  `json:"message"`
	Killed      bool    `json:"killed"`
	Skipped     bool    `json:"skipped,omitempty"` // the host cannot run the check
	Seconds     float64 `json:"seconds"`
}

func killMatrix(ctx context.Context, f mutantFlags) error {
	chosen, err := choose(f.only)
	if err != nil {
		return err
	}
	if err := ready(ctx, f.jobs, world.Auto); err != nil {
		return err
	}
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	deaths := make([]death, len(chosen))
	execute := func(i int) {
		// A check catches a race only with some probability, so a mutant that was not
		// caught is checked again. The control must pass at once.
		for try := 0; try < tries && ctx.Err() == nil && !deaths[i].Killed && !deaths[i].Skipped; try++ {
			if try == 0 || chosen[i].Requirement != "" {
				deaths[i] = kill(ctx, suite, chosen[i], f.measuring)
			}
		}
	}
	var wait sync.WaitGroup
	gate := make(chan struct{}, max(f.jobs, 1))
	for i, m := range chosen {
		if !isMeasured(m) {
			gate <- struct{}{} // in order: the control takes longest and is the first
			wait.Go(func() {
				defer func() { <-gate }()
				execute(i)
			})
		}
	}
	wait.Wait()
	for i, m := range chosen { // one at a time, since others would be in its way
		if isMeasured(m) {
			execute(i)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.out != "" {
		if err := writeFirstLines(f.out, deaths); err != nil {
			return unwritten(err)
		}
	}
	survivors := 0
	for _, d := range deaths {
		if !d.Killed && !d.Skipped {
			survivors++
		}
	}
	if f.json {
		encoder := json.NewEncoder(os.Stdout)
		for _, d := range deaths {
			_ = encoder.Encode(d)
		}
	} else {
		printMatrix(deaths, survivors)
	}
	if survivors > 0 {
		return exitStatus{code: reports.ExitFail}
	}
	return nil
}

// choose picks mutants by their ids, their requirements or families.
func choose(only []string) ([]faults.Fault, error) {
	all := append([]faults.Fault{{ID: faults.Control, Text: "no fault: must pass all that it claims", Verdict: string(reports.Pass)}}, faults.All()...)
	if len(only) == 0 {
		return all, nil
	}
	var chosen []faults.Fault
	for _, word := range only {
		found := false
		for _, m := range all {
			if m.ID == word || m.Requirement == word || strings.HasPrefix(m.Requirement, word+"-") {
				found = true
				if !slices.ContainsFunc(chosen, func(c faults.Fault) bool { return c.ID == m.ID }) {
					chosen = append(chosen, m)
				}
			}
		}
		if !found {
			return nil, usage("--only %s: no such mutant, and no mutant for such a requirement", word)
		}
	}
	return chosen, nil
}

// isMeasured reports whether a mutant is caught by measuring its speed.
func isMeasured(m faults.Fault) bool { return m.Kind == string(catalogue.Performance) }

// faultBudget is how long at most a fault is put under load that only load shows.
const faultBudget = 5 * time.Second

// kill runs one mutant against the requirement that must catch it.
func kill(ctx context.Context, suite run.Suite, m faults.Fault, measuring time.Duration) (d death) {
	began := time.Now()
	d = death{Mutant: m.ID, Fault: m.Text, Requirement: m.Requirement, Expected: m.Verdict, At: m.At}
	defer func() { d.Seconds = time.Since(began).Seconds() }()
	if m.Needs != "" {
		if _, err := adapter.Find(m.Needs); err != nil {
			d.Verdict, d.Message, d.Skipped = string(reports.Skipped), err.Error(), true
			return d
		}
	}
	t, err := openMutant(ctx, m)
	if err != nil {
		d.Verdict, d.Message = string(reports.KitError), err.Error()
		return d
	}
	defer func() { _ = t.close() }()
	dir, done, err := outDir("")
	if err != nil {
		d.Verdict, d.Message = string(reports.KitError), err.Error()
		return d
	}
	defer done()
	f := checkFlags{seed: 1, measuring: measuring}
	if m.Requirement != "" {
		f.only = []string{m.Requirement}
	}
	plan := t.plan(f)
	plan.Attempts = 1
	plan.Kinds = []catalogue.Kind{catalogue.Behaviour, catalogue.Fault} // load has faults of its own
	if m.Requirement != "" {
		plan.Kinds = append(plan.Kinds, catalogue.Performance)
	}
	if m.Kind != "" {
		plan.Kinds = []catalogue.Kind{catalogue.Kind(m.Kind)}
		plan.Budget = faultBudget
	}
	jobs := 1
	if m.Requirement == "" {
		jobs = run.DefaultJobs()
	}
	record, err := run.Do(ctx, suite, plan, run.Options{Dir: dir, Jobs: jobs, Header: run.Header(t.claims, t.way, "ipckit mutants")})
	if err != nil {
		d.Verdict, d.Message = string(reports.KitError), err.Error()
		return d
	}
	if m.Requirement == "" {
		d.Verdict, d.Message = string(reports.Pass), record.Footer.Headline
		if record.Footer.Exit != reports.ExitPass {
			d.Verdict = string(reports.Fail)
		}
		d.Killed = record.Footer.Exit == reports.ExitPass
		return d
	}
	for _, r := range record.Results {
		if r.Requirement != m.Requirement {
			continue
		}
		d.Verdict, d.Message = string(r.Verdict), r.Message
		d.Skipped = r.Verdict == reports.Skipped || r.Verdict == reports.Inconclusive && isMeasured(m)
		d.Killed = string(r.Verdict) == m.Verdict && caughtAt(r, m.At)
	}
	if record.Footer.Error != "" {
		d.Killed, d.Message = false, record.Footer.Error
	}
	return d
}

// caughtAt reports whether a result names the step at which a mutant is to be
// caught.
func caughtAt(r reports.Result, at string) bool {
	if strings.Contains(r.Message, at) {
		return true
	}
	return r.Evidence != nil && (strings.Contains(r.Evidence.Step, at) || strings.Contains(r.Evidence.Saw, at))
}

func openMutant(ctx context.Context, m faults.Fault) (*target, error) {
	if m.Base.Sources() {
		return openFault(ctx, m)
	}
	return open(ctx, mutantPrefix+m.ID)
}

func printMatrix(deaths []death, survivors int) {
	out := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "\tMUTANT\tMUST BE CAUGHT BY\tAS\tTOOK\tFAULT")
	for _, d := range deaths {
		mark := "✓"
		switch {
		case d.Skipped: // or undecided, on a machine that does other things
			mark = "-"
		case !d.Killed:
			mark = "✗"
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%.1f s\t%s\n", mark, d.Mutant, orDash(d.Requirement), d.Expected, d.Seconds, d.Fault)
	}
	_ = out.Flush()
	killed := 0
	for _, d := range deaths {
		if d.Skipped {
			how := "was not run"
			if d.Verdict == string(reports.Inconclusive) {
				how = "is undecided"
			}
			fmt.Printf("\n%s %s: %s\n", d.Mutant, how, d.Message)
		} else if d.Killed {
			killed++
		} else {
			fmt.Printf("\n%s survives: the verdict of %s was %s (%s), and must be %s with %q\n", d.Mutant, orDash(d.Requirement), d.Verdict, d.Message, d.Expected, d.At)
		}
	}
	fmt.Printf("\n%d of %d as declared", killed, len(deaths))
	if undecided := len(deaths) - killed - survivors; undecided > 0 {
		fmt.Printf(", %d undecided", undecided)
	}
	if survivors > 0 {
		fmt.Printf(", %d SURVIVE", survivors)
	}
	fmt.Println()
}

func orDash(s string) string {
	if s == "" {
		return "(all)"
	}
	return s
}
