package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/impl/mutants"
	"github.com/ipckit/ipckit/reports"
)

// A sighting is how a seeded race was found.
type sighting struct {
	Mutant      string  `json:"mutant"`
	Fault       string  `json:"fault"`
	Requirement string  `json:"requirement"`
	Scenario    string  `json:"scenario,omitempty"`
	ID          string  `json:"id,omitempty"` // of the interleaving
	Outcome     string  `json:"outcome,omitempty"`
	Runs        int     `json:"runs"` // until it was found, in all scenarios of the requirement
	Seconds     float64 `json:"seconds"`
	Same        int     `json:"same"` // how many of all times were the same: scenario, interleaving and outcome
	Times       int     `json:"times"`
}

// exploreMutants explores every seeded race so many times, and tells after how
// many runs each was found, and how often in the same way.
func exploreMutants(ctx context.Context, f exploreFlags) error {
	var all []sighting
	missed := 0
	for _, m := range mutants.All() {
		if m.Kind != string(catalogue.Race) {
			continue
		}
		var first sighting
		for range f.times {
			s, err := sight(ctx, m)
			var refused *explore.Refused
			switch {
			case ctx.Err() != nil:
				return exitStatus{reports.ExitInterrupted, errors.New("interrupted")}
			case errors.As(err, &refused):
				say("ipckit: skipped: nothing can be explored here: %s", refused.Reason)
				return nil
			case err != nil:
				return kitError(err)
			}
			if first.Times++; first.Times == 1 {
				first = s
				first.Times = 1
			}
			if s.ID != "" && s.ID == first.ID && s.Scenario == first.Scenario && s.Outcome == first.Outcome {
				first.Same++
			}
		}
		if first.Same < first.Times {
			missed++
		}
		all = append(all, first)
		if f.json {
			_ = json.NewEncoder(os.Stdout).Encode(first)
		}
	}
	if !f.json {
		printSightings(all)
	}
	if f.out != "" {
		if err := os.MkdirAll(f.out, 0o777); err != nil {
			return usage("--out: %w", err)
		}
		if err := writeSightings(filepath.Join(f.out, "races.md"), all, f.times); err != nil {
			return kitError(err)
		}
	}
	if missed > 0 {
		return exitStatus{reports.ExitFail, fmt.Errorf("%d seeded races were missed, or found in another way another time", missed)}
	}
	return nil
}

// sight explores one mutant until its fault is found.
func sight(ctx context.Context, m mutants.Mutant) (s sighting, err error) {
	s = sighting{Mutant: m.ID, Fault: m.Fault, Requirement: m.Requirement}
	t, err := openMutant(ctx, m)
	if err != nil {
		return s, err
	}
	defer func() { _ = t.close() }()
	all, err := scenario.Of(t.claims)
	if err != nil {
		return s, err
	}
	w, err := world.New(ctx, world.Options{})
	if err != nil {
		return s, err
	}
	defer func() { _ = w.Close() }()
	e, err := explore.Start(ctx, w, t.launcher)
	if err != nil {
		return s, err
	}
	defer func() { _ = e.Close() }()
	began := time.Now()
	for _, x := range all {
		if !slices.Contains(x.Shows, m.Requirement) {
			continue
		}
		f, err := x.Explore(ctx, e, w.ID())
		if err != nil {
			return s, err
		}
		s.Runs += f.Runs()
		if f.Breaks(m.Requirement) && f.ID() != "" {
			s.Scenario, s.ID, s.Outcome = x.ID, f.ID(), f.Outcome()
			break
		}
	}
	s.Seconds = time.Since(began).Seconds()
	return s, nil
}

func printSightings(all []sighting) {
	out := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "\tMUTANT\tBREAKS\tRUNS\tTOOK\tTHE SAME\tFOUND IN")
	for _, s := range all {
		mark := reports.Mark(reports.Pass)
		if s.Same < s.Times {
			mark = reports.Mark(reports.Fail)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%.0f ms\t%d of %d\t%s %s\n", mark, s.Mutant, s.Requirement, s.Runs, 1000*s.Seconds, s.Same, s.Times, s.Scenario, s.ID)
	}
	_ = out.Flush()
}

// writeSightings writes the same as a table of a page.
func writeSightings(path string, all []sighting, times int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, `# Seeded races, and the explorer

Each mutant has one race. The explorer looks through the scenarios of the
requirement that it breaks, up to the first interleaving whose outcome no order
of whole operations has, with one preemption; runs are those until then, with
the ones that say what is allowed and those that repeat what was found. The same
means: the same scenario, interleaving and outcome. Measured on %d processors, %s, by `+"`ipckit explore --mutants --times %d --out DIR`"+`.

| mutant | fault | breaks | found in | interleaving | runs | took | the same |
|---|---|---|---|---|---|---|---|
`, runtime.NumCPU(), runtime.GOARCH, times)
	for _, s := range all {
		if err == nil {
			_, err = fmt.Fprintf(file, "| %s | %s | %s | `%s` | %s | %d | %.0f ms | %d of %d |\n",
				s.Mutant, s.Fault, s.Requirement, s.Scenario, s.ID, s.Runs, 1000*s.Seconds, s.Same, s.Times)
		}
	}
	return errors.Join(err, file.Close())
}
