package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites"
)

// A column is one profile of a built-in subject.
type column struct {
	name, profile string
	claims        subject.Claims
	items         map[string]catalogue.Item
}

// mechanisms are the built-in subjects that pass messages.
func mechanisms(suite run.Suite) ([]column, error) {
	var all []column
	const first = "reference" // it has most of them
	names := slices.DeleteFunc(builtInNames(), func(name string) bool { return name == first })
	for _, name := range append([]string{first}, names...) {
		s, _ := builtIn(name)
		s.Claims.Normalise()
		for _, profile := range []string{subject.ProfileMailbox, subject.ProfileLink} {
			if !slices.Contains(s.Claims.Claimed(), profile) {
				continue
			}
			items, err := catalogue.Select(suite.Catalogue, s.Claims, nil)
			if err != nil {
				return nil, err
			}
			m := column{name: name, profile: profile, claims: s.Claims, items: map[string]catalogue.Item{}}
			for _, item := range items {
				m.items[item.Requirement.ID] = item
			}
			all = append(all, m)
		}
	}
	return all, nil
}

// cell says how a column stands to a feature.
func (m column) cell(f suites.Feature, implemented map[string][]catalogue.Kind) string {
	id := f.Mailbox
	if m.profile == subject.ProfileLink {
		id = f.Link
	}
	item, ok := m.items[id]
	// A requirement of another profile, such as network, is named for this one.
	own := ok && slices.Contains(item.Requirement.Profiles, m.profile)
	switch {
	case id == "":
		return ""
	case !ok || item.Status != catalogue.Claimed || own && !slices.Contains(item.Profiles, m.profile):
		return "–"
	case len(implemented[id]) == 0:
		return "?"
	case f.Amount != nil:
		return strings.TrimSpace("✓ " + f.Amount(&m.claims, m.profile))
	}
	return "✓"
}

// legend explains a cell.
const legend = "✓ claimed, and checked by `ipckit check`; – not claimed; ? claimed, and no check yet; empty: there is no such thing"

// tabulate prints the features by mechanism.
func tabulate(out io.Writer, columns []column, implemented map[string][]catalogue.Kind) {
	var names, profiles strings.Builder
	for _, m := range columns {
		fmt.Fprintf(&names, "\t%s", m.name)
		fmt.Fprintf(&profiles, "\t%s", m.profile)
	}
	fmt.Fprintf(out, "Message passing, by mechanism\n")
	fmt.Fprintf(out, "  %s\tshown by\n  %s\t\n", names.String(), profiles.String())
	for _, f := range suites.Features() {
		fmt.Fprintf(out, "  %s", f.Name)
		for _, m := range columns {
			fmt.Fprintf(out, "\t%s", m.cell(f, implemented))
		}
		fmt.Fprintf(out, "\t%s\n", shownBy(f))
	}
	fmt.Fprintf(out, "  %s\n", legend)
}

// enumerate prints the same where the table is too wide: under each feature the
// mechanisms that claim it.
func enumerate(out io.Writer, columns []column, implemented map[string][]catalogue.Kind, width int) {
	fmt.Fprintf(out, "Message passing: which mechanisms claim what\n")
	for _, f := range suites.Features() {
		var claim []string
		for _, m := range columns {
			name := m.name
			if slices.ContainsFunc(columns, func(other column) bool { return other.name == m.name && other.profile != m.profile }) {
				name += " (" + m.profile + ")"
			}
			switch cell := m.cell(f, implemented); {
			case strings.HasPrefix(cell, "✓"):
				claim = append(claim, strings.TrimSpace(name+strings.TrimPrefix(cell, "✓")))
			case cell == "?":
				claim = append(claim, name+", which nothing checks yet")
			}
		}
		fmt.Fprintf(out, "  %s\n    %s\n    shown by %s\n", f.Name, wrap(strings.Join(claim, ", "), width-5, 4), shownBy(f))
	}
}

// shownBy names the requirements that show a feature.
func shownBy(f suites.Feature) string {
	ids := slices.DeleteFunc([]string{f.Mailbox, f.Link}, func(id string) bool { return id == "" })
	return strings.Join(slices.Compact(ids), ", ")
}
