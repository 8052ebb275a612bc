package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// record writes what was explored as a check's record: each scenario counts for
// every requirement that it shows. Without a directory there is none.
func (x *exploration) record(dir string) (*reports.Record, error) {
	if x.out == "" {
		return nil, nil
	}
	dir, done, err := outDir(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	t := x.target
	header := run.Header(t.claims, t.way, strings.Join(os.Args, " "))
	header.Subject.Path = t.path
	plan := t.plan(checkFlags{kinds: []string{string(catalogue.Race)}})
	selection, err := x.suite.Select(plan)
	if err != nil {
		return nil, runError(err)
	}
	x.suite.Head(&header, plan, selection)
	header.Total = 0 // a scenario may show several requirements
	results := x.results()
	for _, r := range results {
		header.Total += len(r.Checks)
	}
	journal, err := reports.Begin(filepath.Join(dir, run.RecordName), header)
	if err != nil {
		return nil, usage("--out: %w", err)
	}
	defer journal.Close()
	for _, r := range results {
		if err := journal.Result(r); err != nil {
			return nil, kitError(err)
		}
	}
	if err := journal.Footer(journal.Record().Closing(x.strict, x.began)); err != nil {
		return nil, kitError(err)
	}
	return journal.Record(), nil
}

// results are the requirements' lines.
func (x *exploration) results() []reports.Result {
	s := &check.Suite{Catalogue: x.suite.Catalogue, Claims: x.target.claims}
	var list []reports.Result
	for _, r := range x.suite.Catalogue.All() {
		var profiles []string
		for _, f := range x.findings {
			if slices.Contains(f.Scenario.Shows, r.ID) && !slices.Contains(profiles, f.Scenario.Profile) {
				profiles = append(profiles, f.Scenario.Profile)
			}
		}
		for _, profile := range profiles {
			list = append(list, x.result(check.Result(s, r.ID), profile))
		}
	}
	if x.refused != "" { // one line, so that the record says why it is empty
		for _, id := range suites.Explored(s.Catalogue) {
			r := check.Result(s, id)
			r.Verdict, r.Message, r.Repeat = reports.Skipped, x.refused, ""
			r.Checks = []reports.Check{{Kind: string(catalogue.Race), Verdict: reports.Skipped, Note: x.refused}}
			return []reports.Result{r}
		}
	}
	return list
}

// result sums up the scenarios that show a requirement of a profile.
func (x *exploration) result(r reports.Result, profile string) reports.Result {
	r.Verdict = reports.Pass
	var total scenario.Total
	for _, f := range x.findings {
		if f.Scenario.Profile != profile || !slices.Contains(f.Scenario.Shows, r.Requirement) {
			continue
		}
		total.Add(f)
		if v := f.Verdict(); f.Breaks(r.Requirement) && reports.Worst(v, r.Verdict) == v && v != r.Verdict {
			r.Verdict, r.Message, r.Evidence = v, fmt.Sprintf("%s: %s", f.Scenario.ID, f.String()), f.Evidence()
			if f.ID() != "" {
				r.Repeat = x.repeat(&f)
			}
		}
	}
	r.Seconds = total.Duration.Seconds()
	check := reports.Check{Kind: string(catalogue.Race), Profile: profile, Verdict: r.Verdict, Seconds: r.Seconds}
	if check.Note = r.Message; r.Verdict == reports.Pass {
		check.Note = total.String()
	}
	r.Checks = []reports.Check{check}
	return r
}
