package catalogue

import (
	"errors"
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
)

// Status says how a requirement stands to a subject's claims.
type Status string

const (
	Claimed    Status = "claimed"
	NotClaimed Status = "not-claimed"
	Excluded   Status = "excluded" // the profile is claimed as partial, without this
)

// An Item is one requirement of the catalogue and how it stands.
type Item struct {
	Requirement *Requirement
	Status      Status
	Profiles    []string // claimed profiles in which it is to be checked; empty unless claimed
	Asked       bool     // the caller asks for it, claimed or not
	Selected    bool     // claimed, and asked for
}

// ErrEmpty says that nothing is left to check. The error that wraps it says
// why.
var ErrEmpty = errors.New("nothing to check")

// Select gives an item for each requirement, in catalogue order.
//
// Each entry of only holds patterns separated by commas; a requirement is asked
// for when any of them matches its id, its family, its model or its level, case
// aside. Patterns may hold * and ?. Without patterns everything is asked for.
// A pattern that matches nothing in the catalogue is an error, since a check
// that silently leaves out what was meant looks like a pass.
//
// The claims are taken as they are: see [subject.Claims.Check].
func Select(cat *Catalogue, claims subject.Claims, only []string) ([]Item, error) {
	patterns, err := parse(only, cat)
	if err != nil {
		return nil, err
	}
	listed := slices.Clone(claims.Extended)
	for _, p := range claims.Performance {
		listed = append(listed, p.Requirement)
	}
	var items []Item
	selected := false
	for _, f := range cat.Families {
		for _, r := range f.Requirements {
			item := stand(r, &claims, listed)
			item.Asked = patterns.match(r, f.Model)
			item.Selected = item.Asked && item.Status == Claimed
			selected = selected || item.Selected
			items = append(items, item)
		}
	}
	if !selected {
		return nil, empty(items, &claims, patterns, cat)
	}
	return items, nil
}

// stand compares one requirement with the claims. A condition that is not met
// makes it not claimed; what a profile leaves out is excluded only where no
// other profile brings it in.
func stand(r *Requirement, claims *subject.Claims, listed []string) Item {
	item := Item{Requirement: r, Status: NotClaimed}
	claimed := r.Level == Core || slices.Contains(listed, r.ID)
	for _, profile := range claims.Claimed() {
		switch {
		case !slices.Contains(r.Profiles, profile) || !claims.Promises(profile, r.When):
		case !claimed && (r.By == "" || !claims.Says(profile, r.By)):
		case slices.Contains(claims.Partial(profile), r.ID):
			if item.Status == NotClaimed {
				item.Status = Excluded
			}
		default:
			item.Status = Claimed
			item.Profiles = append(item.Profiles, profile)
		}
	}
	if slices.Contains(item.Profiles, subject.ProfilePerformance) { // what is measured is measured once
		item.Profiles = []string{subject.ProfilePerformance}
	}
	return item
}
