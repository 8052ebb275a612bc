package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
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
	Dawdles     bool    `json:"dawdles,omitempty"` // gives way in its window

	Load *pressing `json:"load,omitempty"` // what load found, where that was asked for
}

// exploreMutants explores all seeded races, or those that only names, f.times times
// each. It reports after how many runs each was found, and how often in the same way.
func exploreMutants(ctx context.Context, only []string, f exploreFlags) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	chosen = slices.DeleteFunc(chosen, func(m faults.Fault) bool { return m.Kind != string(catalogue.Race) })
	if len(chosen) == 0 {
		return usage("%s: no seeded race; ipckit mutants lists what can be explored", only[0])
	}
	all, err := sightings(ctx, chosen, f)
	if !f.json && len(all) > 0 { // those before an error, too
		printSightings(all)
	}
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := os.MkdirAll(f.out, 0o777); err != nil {
			return usage("--out: %w", err)
		}
		if err := writeSightings(filepath.Join(f.out, "races.md"), all, f); err != nil {
			return kitError(err)
		}
	}
	missed := 0
	for _, s := range all {
		if s.Same < s.Times {
			missed++
		}
	}
	if missed > 0 {
		return exitStatus{reports.ExitFail, fmt.Errorf("%d seeded races were missed, or found in another way another time", missed)}
	}
	return nil
}

// sightings explores mutants one after the other. With an error it returns the
// sightings before.
func sightings(ctx context.Context, chosen []faults.Fault, f exploreFlags) (all []sighting, err error) {
	for _, m := range chosen {
		if m.Needs != "" {
			if _, err := adapter.Find(m.Needs); err != nil {
				say("ipckit: %s is left out: %v", m.ID, err)
				continue
			}
		}
		s, err := sightOften(ctx, m, f.times)
		if err == nil && f.load > 0 {
			s.Load, err = press(ctx, m, s.Scenario, f)
		}
		var refused *explore.Refused
		switch {
		case ctx.Err() != nil:
			return all, ctx.Err()
		case errors.As(err, &refused):
			say("ipckit: skipped: nothing can be explored here: %s", refused.Reason)
			return nil, nil
		case err != nil:
			return all, kitError(err)
		}
		all = append(all, s)
		if f.json {
			_ = json.NewEncoder(os.Stdout).Encode(s)
		}
	}
	return all, nil
}

// sightOften returns the first sighting of one mutant, with the number of those that
// are the same.
func sightOften(ctx context.Context, m faults.Fault, times int) (first sighting, err error) {
	for n := range times {
		s, err := sight(ctx, m)
		if err != nil {
			return first, err
		}
		if n == 0 {
			first = s
		}
		if first.Times++; s.ID != "" && s.ID == first.ID && s.Scenario == first.Scenario && s.Outcome == first.Outcome {
			first.Same++
		}
	}
	return first, nil
}

// sight explores one mutant until its fault is found.
func sight(ctx context.Context, m faults.Fault) (s sighting, err error) {
	s = sighting{Mutant: m.ID, Fault: m.Text, Requirement: m.Requirement, Dawdles: m.Dawdles}
	t, err := openMutant(ctx, m)
	if err != nil {
		return s, err
	}
	defer func() { _ = t.close() }()
	all, err := suites.Scenarios(t.claims)
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
