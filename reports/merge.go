package reports

import (
	"cmp"
	"slices"
)

// merger makes one result of the lines of each requirement.
type merger struct {
	results []Result
	at      map[string]int // index in results
}

// add takes one more line: checks are put together, seconds are added, and
// what the worst line says is kept.
func (m *merger) add(r Result) {
	i, seen := m.at[r.Requirement]
	if !seen {
		if m.at == nil {
			m.at = map[string]int{}
		}
		m.at[r.Requirement] = len(m.results)
		m.results = append(m.results, r)
		return
	}
	old := m.results[i]
	worst, other := &old, &r
	if Worst(old.Verdict, r.Verdict) != old.Verdict {
		worst, other = other, worst
	}
	other.noteMessage()
	merged := *worst
	merged.Checks = slices.Concat(old.Checks, r.Checks)
	merged.Seconds = old.Seconds + r.Seconds
	merged.Level = cmp.Or(worst.Level, other.Level)
	merged.Model = cmp.Or(worst.Model, other.Model)
	merged.Rule = cmp.Or(worst.Rule, other.Rule)
	merged.Source = cmp.Or(worst.Source, other.Source)
	merged.Why = cmp.Or(worst.Why, other.Why)
	merged.Hint = cmp.Or(worst.Hint, other.Hint)
	merged.Repeat = cmp.Or(worst.Repeat, other.Repeat)
	m.results[i] = merged
}

// noteMessage moves the message to the checks that it is about, since the
// result's own place is taken by a worse one.
func (r *Result) noteMessage() {
	r.Checks = slices.Clone(r.Checks)
	for i := range r.Checks {
		if c := &r.Checks[i]; c.Verdict == r.Verdict {
			c.Note = cmp.Or(c.Note, r.Message)
		}
	}
}

// arrange puts results into the order that the header gives; others come
// after, each family where it first appears.
func arrange(results []Result, families []Family) []Result {
	place, rank := map[string]int{}, map[string]int{}
	for _, f := range families {
		rank[f.ID] = len(rank)
		for _, id := range f.Requirements {
			place[id] = len(place)
		}
	}
	for _, r := range results {
		if _, ok := rank[r.family()]; !ok {
			rank[r.family()] = len(rank)
		}
		if _, ok := place[r.Requirement]; !ok {
			place[r.Requirement] = len(place)
		}
	}
	slices.SortStableFunc(results, func(a, b Result) int {
		return cmp.Or(
			cmp.Compare(rank[a.family()], rank[b.family()]),
			cmp.Compare(place[a.Requirement], place[b.Requirement]))
	})
	return results
}
