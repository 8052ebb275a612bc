package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

type exploreFlags struct {
	scenarios   []string
	replay      string
	preemptions int
	buffers     bool
	everyPass   bool
	list        bool
	json        bool
	strict      bool
	out         string
	isolation   string
	mutants     bool
	times       int
	load        int
	budget      time.Duration
}

func newExplore() *cobra.Command {
	var f exploreFlags
	c := &cobra.Command{
		Use:   "explore [SUBJECT]",
		Short: "Look for races: every interleaving of two operations, within a bound",
		Long: `Explore runs two processes of the subject through every interleaving of their
operations, one shared-memory access at a time, with as many preemptions inside
operations as the bound says, and looks for an outcome that no order of whole
operations has. It kills a process before each of its accesses where the subject
claims to survive that. What it finds is found each time, and is shown line by
line. Scenarios follow from what is claimed; "ipckit help races" says more.

In a long loop an operation is interrupted in the first passes and the last;
--every-pass interrupts it in each.

A pass means that nothing is wrong within the bound, for two processes; it does
not mean that nothing is wrong.

` + statuses,
		Example: `  ipckit explore                                              the reference implementation
  ipckit explore ./mybuffer --out report                      and write report/report.html
  ipckit explore ./mybuffer --scenario 'lock.*'               some scenarios
  ipckit explore ./mybuffer --scenario lock.held:release+acquire --replay A:0.3`,
		Args:              oneSubject,
		ValidArgsFunction: completeSubjects,
		RunE: func(c *cobra.Command, args []string) error {
			name := "reference"
			if len(args) == 1 {
				name = args[0]
			}
			if f.mutants {
				if f.times < 1 || f.load < 0 || f.budget <= 0 {
					return usage("--mutants takes --times 1 or more, --load 0 or more, and a --budget above 0")
				}
				return exploreMutants(c.Context(), args, f)
			}
			return exploreSubject(c.Context(), name, f)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.scenarios, "scenario", nil, "explore only these: ids as they are listed, with * for any text")
	flags.StringVar(&f.replay, "replay", "", "run one interleaving of one scenario again, by its id, and show it")
	flags.IntVar(&f.preemptions, "preemptions", 0, "how often an operation may be interrupted (default: 1, or what the scenario says)")
	flags.BoolVar(&f.buffers, "store-buffers", true, "delay stores past later loads, too, as x86 does; =false: memory is sequentially consistent")
	flags.BoolVar(&f.everyPass, "every-pass", false, "interrupt an operation in every pass of a long loop, not in the first 4 and the last 2 only; may take hours")
	flags.BoolVar(&f.list, "list", false, "list the scenarios and explore nothing")
	flags.BoolVar(&f.json, "json", false, "print JSON lines instead of a table")
	flags.BoolVar(&f.strict, "strict", false, "what this host cannot do counts as undecided")
	flags.StringVar(&f.out, "out", "", "directory for report.jsonl, report.html, report.md, report.json and junit.xml")
	flags.StringVar(&f.isolation, "isolation", "auto", "auto: namespaces where the host allows them; none: do without")
	flags.BoolVar(&f.mutants, "mutants", false, "the kit itself: after how many runs each seeded race is found; in place of SUBJECT may stand one of them, or a requirement")
	flags.IntVar(&f.times, "times", 1, "with --mutants: how often, to see that it is found in the same way")
	flags.IntVar(&f.load, "load", 0, "with --mutants: also put each under load, as ipckit stress does, so many times, and say after how many operations it was found")
	flags.DurationVar(&f.budget, "budget", 10*time.Second, "with --load: how long to go on each time")
	return c
}

func exploreSubject(ctx context.Context, name string, f exploreFlags) error {
	common := checkFlags{out: f.out, isolation: f.isolation, format: "terminal", jobs: 1, strict: f.strict, budget: run.Moment}
	switch {
	case f.preemptions < 0 || f.preemptions > 4:
		return usage("--preemptions %d: want 1 to 4; each makes the search longer by a factor", f.preemptions)
	case f.replay != "" && len(f.scenarios) != 1:
		return usage("--replay %s: say of which scenario, by --scenario and its whole id", f.replay)
	}
	if err := common.validate(); err != nil {
		return err
	}
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	if err := ready(ctx, 1, common.isolate()); err != nil {
		return err
	}
	t, err := open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }()
	if t.launcher.Path == "" {
		return usage("%s is a pair of unmodified programs: exploring needs a subject that does one operation at a time when asked", name)
	}
	chosen, err := chooseScenarios(t, f)
	if err != nil {
		return err
	}
	x := exploration{exploreFlags: f, target: t, suite: suite, began: time.Now()}
	if f.list {
		for _, s := range chosen {
			fmt.Printf("%s\t%s\n", s.ID, strings.Join(s.Shows, " "))
		}
		return nil
	}
	err = x.explore(ctx, common.isolate(), chosen)
	var refused *explore.Refused
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refused):
		x.refused = refused.Reason
	case err != nil:
		return kitError(err)
	}
	return x.end()
}

// chooseScenarios are those of the claims that are asked for.
func chooseScenarios(t *target, f exploreFlags) ([]scenario.Scenario, error) {
	all, err := suites.Scenarios(t.claims)
	if err != nil {
		return nil, usage("%s: %w", t.name, err)
	}
	if f.preemptions > 0 {
		for i := range all {
			all[i] = all[i].Preempting(f.preemptions)
		}
	}
	if f.everyPass {
		for i := range all {
			all[i] = all[i].LeavingEveryPass()
		}
	}
	if !f.buffers {
		for i := range all {
			all[i] = all[i].Buffering(false)
		}
	}
	if len(all) == 0 {
		return nil, usage("there is no scenario for what %s claims: there are scenarios of %s", t.name,
			"region, word, lock, semaphore, rwlock, snapshot and the buffers")
	}
	if len(f.scenarios) == 0 {
		return all, nil
	}
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	var chosen []scenario.Scenario
	for _, pattern := range f.scenarios {
		found := false
		for _, s := range all {
			if ok, err := path.Match(pattern, s.ID); err != nil {
				return nil, usage("--scenario %s: %w", pattern, err)
			} else if ok || pattern == s.ID {
				found = true
				if !slices.ContainsFunc(chosen, func(c scenario.Scenario) bool { return c.ID == s.ID }) {
					chosen = append(chosen, s)
				}
			}
		}
		if !found {
			return nil, usage("--scenario %s: no such scenario of %s%s; --list shows them", pattern, t.name, nearest.Hint(pattern, ids))
		}
	}
	return chosen, nil
}

// An exploration is one run of the command.
type exploration struct {
	exploreFlags
	target   *target
	suite    run.Suite
	began    time.Time
	findings []scenario.Finding
	refused  string // why nothing could be explored
}

// explore explores the scenarios and prints each finding as it comes.
func (x *exploration) explore(ctx context.Context, isolation world.Isolation, chosen []scenario.Scenario) error {
	w, err := world.New(ctx, world.Options{Isolation: isolation})
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	e, err := explore.Start(ctx, w, x.target.launcher)
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	endless := 0
	for i, s := range chosen {
		var f scenario.Finding
		if x.replay != "" {
			f, err = s.Replay(ctx, e, w.ID(), x.replay)
		} else {
			f, err = s.Explore(ctx, e, w.ID())
		}
		if err != nil {
			return err
		}
		x.findings = append(x.findings, f)
		x.print(&f)
		if f.NeverEnds() {
			endless++
		}
		if rest := chosen[i+1:]; endless == mostEndless && len(rest) > 0 {
			x.giveUp(rest)
			break
		}
	}
	return e.Close()
}

// mostEndless is in how many scenarios an operation may not end by itself before
// the rest is left out: each takes seconds, and has the same cause.
const mostEndless = 2

// giveUp leaves scenarios unexplored.
func (x *exploration) giveUp(rest []scenario.Scenario) {
	why := fmt.Sprintf("not explored: in %d scenarios before it an operation did not end", mostEndless)
	for _, s := range rest {
		x.findings = append(x.findings, scenario.Unexplored(s, why))
	}
	say("ipckit: %s left out: in %d before them an operation did not end; correct that first", counted(len(rest), "scenario"), mostEndless)
}

// print prints one finding.
func (x *exploration) print(f *scenario.Finding) {
	if x.json {
		_ = json.NewEncoder(os.Stdout).Encode(x.line(f))
		return
	}
	v := f.Verdict()
	fmt.Printf("%s %-12s %s: %s (%s runs a second)\n", reports.Mark(v), v, f.Scenario.ID, f.String(), rate(f.Runs(), f.Duration()))
	if w := f.Witness(); w != nil {
		fmt.Println()
		for line := range strings.Lines(w.Text(max(terminalOptions(false).Width-4, 60))) {
			fmt.Print("    " + line)
		}
		if x.replay == "" {
			fmt.Printf("    repeat:  %s\n", x.repeat(f))
		}
		fmt.Println()
	}
}

func rate(runs int, took time.Duration) string {
	return fmt.Sprintf("%.0f", float64(runs)/max(took, time.Microsecond).Seconds())
}

// repeat is the command that runs what was found again.
func (x *exploration) repeat(f *scenario.Finding) string {
	bound := ""
	if x.preemptions > 0 {
		bound = fmt.Sprintf(" --preemptions %d", x.preemptions)
	}
	return fmt.Sprintf("ipckit explore %s --scenario %s --replay %s%s", quote(x.target.name), quote(f.Scenario.ID), f.ID(), bound)
}

// exploreLine is a finding as JSON.
type exploreLine struct {
	Scenario      string                `json:"scenario"`
	Shows         []string              `json:"shows"`
	Verdict       reports.Verdict       `json:"verdict"`
	Message       string                `json:"message"`
	Interleavings int                   `json:"interleavings"`
	Runs          int                   `json:"runs"`
	Seconds       float64               `json:"seconds"`
	ID            string                `json:"id,omitempty"` // for --replay
	Witness       *reports.Interleaving `json:"witness,omitempty"`
}

func (x *exploration) line(f *scenario.Finding) exploreLine {
	return exploreLine{
		Scenario: f.Scenario.ID, Shows: f.Scenario.Shows, Verdict: f.Verdict(), Message: f.String(),
		Interleavings: f.Interleavings(), Runs: f.Runs(), Seconds: f.Duration().Seconds(), ID: f.ID(), Witness: f.Witness(),
	}
}

// end says what it all came to, and with which exit status.
func (x *exploration) end() error {
	record, err := x.record(filepath.Clean(x.out))
	if err != nil {
		return err
	}
	if x.out != "" {
		for _, form := range formats {
			if form.file != "" {
				if err := renderFile(filepath.Join(x.out, form.file), record, form.render, os.O_TRUNC); err != nil {
					return kitError(err)
				}
			}
		}
	}
	if x.refused != "" {
		say("ipckit: skipped: the interleavings of this subject cannot be explored here: %s", x.refused)
		if x.strict {
			return exitStatus{code: reports.ExitInconclusive}
		}
		return nil
	}
	status, total := reports.ExitPass, scenario.Total{}
	bad := 0
	for _, f := range x.findings {
		total.Add(f)
		v := f.Verdict()
		status = reports.WorstExit(status, v.Exit(x.strict))
		if v != reports.Pass {
			bad++
		}
	}
	if !x.json {
		text := total.String()
		if bad > 0 {
			text = fmt.Sprintf("%d of %d %s did not pass", bad, len(x.findings), reports.Plural(len(x.findings), "scenario"))
		}
		fmt.Printf("\n%s; %s, %.0f a second, in %.1f s\n", text, counted(total.Runs, "run"), total.Rate(), time.Since(x.began).Seconds())
	}
	if status != reports.ExitPass {
		return exitStatus{code: status}
	}
	return nil
}
