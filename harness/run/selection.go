package run

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// A Selection is what a plan comes to: its checks, and what the record says of
// the requirements and the kinds that are left out.
type Selection struct {
	Checks   []catalogue.Check
	Unjudged []reports.Result // requirements that have a check and are not put to the subject
	Claimed  map[string]int   // requirements that are claimed and have a check, by level, selected or not
	NotRun   []reports.NotRun
}

// Select compares the claims with the catalogue and with the checks that the
// suite has. A requirement without a check takes no part in anything.
func (s Suite) Select(p Plan) (Selection, error) {
	items, err := catalogue.Select(s.Catalogue, p.Claims, p.Only)
	if err != nil {
		return Selection{}, fmt.Errorf("%w: %w", ErrUsage, err)
	}
	selection := Selection{Claimed: map[string]int{}}
	implemented := map[string][]catalogue.Check{}
	for _, c := range s.checks() {
		implemented[c.Requirement] = append(implemented[c.Requirement], c)
	}
	omitted := map[catalogue.Kind]int{} // requirements of which such a check is not run
	var without []string                // selected, and without a check
	for _, item := range items {
		r := item.Requirement
		checks := implemented[r.ID]
		if len(checks) == 0 {
			if item.Asked {
				without = append(without, r.ID)
			}
			continue
		}
		if item.Status != catalogue.NotClaimed {
			selection.Claimed[string(r.Level)]++
		}
		if !item.Asked {
			continue
		}
		if item.Status != catalogue.Claimed {
			selection.Unjudged = append(selection.Unjudged, s.unjudged(p, item))
			continue
		}
		runs := false
		var kinds []catalogue.Kind
		for _, c := range checks {
			kinds = append(kinds, c.Kind)
			if !p.Runs(c.Kind) {
				continue
			}
			runs = true
			for _, c.Profile = range item.Profiles {
				for _, c.Claim = range promises(p.Claims, c) {
					selection.Checks = append(selection.Checks, c)
				}
			}
		}
		for _, kind := range catalogue.Kinds {
			if slices.Contains(kinds, kind) && !p.Runs(kind) {
				omitted[kind]++
			}
		}
		if !runs && p.Kinds == nil {
			selection.Unjudged = append(selection.Unjudged, s.notChecked(p, r, kinds))
		}
	}
	for _, kind := range catalogue.Kinds {
		if omitted[kind] > 0 {
			selection.NotRun = append(selection.NotRun, reports.NotRun{Kind: string(kind), Requirements: omitted[kind], How: p.way(kind)})
		}
	}
	if len(selection.Checks) == 0 {
		return Selection{}, fmt.Errorf("%w: nothing to check: of what was selected, nothing is both claimed by %s and checked by this version of ipckit%s; `ipckit list` shows what is",
			ErrUsage, p.Claims.Subject, unavailable(p, without, selection.NotRun))
	}
	return selection, nil
}

// promises lists which of the measured promises a check is made for, one at a time;
// other checks judge none, which is 0.
func promises(claims subject.Claims, c catalogue.Check) (list []int) {
	if c.Profile != subject.ProfilePerformance {
		return []int{0}
	}
	for i, p := range claims.Performance {
		if p.Requirement == c.Requirement {
			list = append(list, i+1)
		}
	}
	return list
}

// unavailable says what keeps a selection from being checked, where that is not
// the claims.
func unavailable(p Plan, without []string, notRun []reports.NotRun) string {
	var parts []string
	if n := len(without); n > 0 && len(p.Only) > 0 {
		named := strings.Join(without[:min(n, 3)], ", ")
		if n > 3 {
			named += fmt.Sprintf(" and %d more", n-3)
		}
		parts = append(parts, fmt.Sprintf("%s %s no check", named, has(n)))
	}
	for _, x := range notRun {
		parts = append(parts, fmt.Sprintf("checks of kind %s were not asked for", x.Kind))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// way says how a kind of check is run that the plan leaves out.
func (p Plan) way(kind catalogue.Kind) string {
	if p.Ways == nil {
		return ""
	}
	return p.Ways(kind)
}

// unjudged is the line of a requirement that has a check and is not claimed.
func (s Suite) unjudged(p Plan, item catalogue.Item) reports.Result {
	r := check.Result(&check.Suite{Catalogue: s.Catalogue, Seed: p.Seed}, item.Requirement.ID)
	r.Verdict = reports.NotClaimed
	if item.Status == catalogue.Excluded {
		r.Verdict, r.Message = reports.Excluded, "the profile is claimed as partial, without this"
	}
	return r
}

// notChecked is the line of a requirement whose only kinds of check do not run.
func (s Suite) notChecked(p Plan, q *catalogue.Requirement, kinds []catalogue.Kind) reports.Result {
	r := check.Result(&check.Suite{Catalogue: s.Catalogue, Seed: p.Seed}, q.ID)
	r.Verdict = reports.NotChecked
	r.Message = fmt.Sprintf("its checks are of kind %s, which was not asked for", catalogue.Listed(kinds))
	return r
}

// phases separates the checks that take turns at the processors, without and with
// load, from those that hardly use one, which run beside them, and from those
// that run alone.
func (s Selection) phases() (calm, load, beside, lonely []catalogue.Check) {
	for _, c := range s.Checks {
		switch {
		case alone(c.Kind):
			lonely = append(lonely, c)
		case c.Waits:
			beside = append(beside, c)
		case c.Kind == catalogue.Stress:
			load = append(load, c)
		default:
			calm = append(calm, c)
		}
	}
	return calm, load, beside, lonely
}

// Share is what each check under load gets of a budget for all of them, where so
// many checks run at a time.
func (s Selection) Share(budget time.Duration, jobs int) time.Duration {
	n := 0
	for _, c := range s.Checks {
		if c.Kind == catalogue.Stress {
			n++
		}
	}
	if n == 0 {
		return 0
	}
	if budget == 0 {
		budget = Moment
	}
	return budget * time.Duration(min(max(jobs, 1), n)) / time.Duration(n)
}

// Rounds of a measured promise, where the caller names no budget: so long for each,
// and so long for all together.
const (
	eachPromise = 12 * time.Second
	allPromises = 100 * time.Second
)

// Each is what each measured promise gets of a budget for the rounds of all; 0 is the
// usual one. Bounds have no rounds.
func (s Selection) Each(claims subject.Claims, budget time.Duration) time.Duration {
	n := 0
	for _, c := range s.Checks {
		if c.Claim > 0 && !claims.Performance[c.Claim-1].IsBound() {
			n++
		}
	}
	switch {
	case n == 0:
		return 0
	case budget == 0:
		return min(eachPromise, allPromises/time.Duration(n))
	}
	return budget / time.Duration(n)
}

// Head fills in what a record's header says of a selection.
func (s Suite) Head(h *reports.Header, p Plan, selection Selection) {
	h.Seed, h.Total, h.Suite = p.Seed, len(selection.Checks), s.Version
	h.Claimed, h.NotRun = selection.Claimed, selection.NotRun
	h.Families = Families(s.Catalogue)
}

// Families gives the order in which reports show what ends in any order.
func Families(c *catalogue.Catalogue) []reports.Family {
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
