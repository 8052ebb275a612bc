package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/suites"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:               "explain ID|FAMILY",
		Short:             "Explain a requirement: its text, source, why it matters, how it is checked; or list a family's",
		Example:           "  ipckit explain " + suites.Example(),
		Args:              exactly(1, "explain needs an id, such as: ipckit explain "+suites.Example()),
		ValidArgsFunction: completeRequirement,
		RunE:              func(c *cobra.Command, args []string) error { return explain(c.OutOrStdout(), strings.ToUpper(args[0])) },
	}
}

func explain(out io.Writer, id string) error {
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	if f := suite.Catalogue.Family(id); f != nil && f.ID == id {
		return explainFamily(out, *f, suite.Implemented())
	}
	r := suite.Catalogue.Get(id)
	if r == nil {
		return usage("no requirement %s%s (`ipckit list` shows all)", id, nearest.Hint(id, suite.Catalogue.IDs()))
	}
	paragraph := func(title, text string) {
		if text != "" {
			fmt.Fprintf(out, "%-9s%s\n", title, wrap(text, 70, 9))
		}
	}
	fmt.Fprintf(out, "%s — %s, since %s\n\n", r.ID, r.Level, r.Since)
	paragraph("Rule", r.Text)
	paragraph("Source", r.Source)
	paragraph("Why", r.Why)
	paragraph("Hint", r.Hint)
	paragraph("Profile", profiles(suite, r))
	if r.When != "" {
		paragraph("Needs", subject.Means(r.When, strings.Join(r.Profiles, " or ")))
	}
	if r.By != "" {
		paragraph("Claimed", "by its id, or by "+subject.Means(r.By, strings.Join(r.Profiles, " or ")))
	}
	paragraph("Of", strings.Join(r.Of, ", "))
	paragraph("Keys", strings.Join(r.Keys, ", "))
	paragraph("Units", strings.Join(r.Units, ", "))
	paragraph("Against", subject.Against(r.Baselines))
	how := kinds(suite.Implemented()[r.ID])
	if how == "" {
		how = "not at all: this version of ipckit has no check for it, and refuses claims of it"
	}
	paragraph("Checked", how)
	paragraph("Unseen", unseen(suite.Implemented()[r.ID]))
	var kills []string
	for _, m := range faults.All() {
		if m.Requirement == id {
			kills = append(kills, fmt.Sprintf("%s (%s)", m.ID, m.Text))
		}
	}
	paragraph("Kills", strings.Join(kills, "; "))
	return nil
}

// explainFamily lists the requirements of a family in full.
func explainFamily(out io.Writer, f catalogue.Family, implemented map[string][]catalogue.Kind) error {
	fmt.Fprintf(out, "%s — %s, %s\n", f.ID, f.Title, f.Model)
	for _, r := range f.Requirements {
		note := string(r.Level)
		if len(implemented[r.ID]) == 0 {
			note += ", no check in this version"
		}
		fmt.Fprintf(out, "\n%s (%s)\n    %s\n", r.ID, note, wrap(r.Text, 74, 4))
	}
	_, err := fmt.Fprintf(out, "\n`ipckit explain %s` says why one matters, and how it is checked.\n", f.Requirements[0].ID)
	return err
}

// profiles names those that a requirement belongs to, and says of which this
// version has no check at all, so that claims cannot name them.
func profiles(suite run.Suite, r *catalogue.Requirement) string {
	implemented := suite.Implemented()
	var names []string
	for _, name := range r.Profiles {
		if !slices.ContainsFunc(suite.Catalogue.IDs(), func(id string) bool {
			return len(implemented[id]) > 0 && slices.Contains(suite.Catalogue.Get(id).Profiles, name)
		}) {
			name += " (this version has no such profile)"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// wrap breaks a text into lines of that width, indented after the first.
func wrap(text string, width, indent int) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
		case column+1+len([]rune(word)) > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len([]rune(word))
	}
	return b.String()
}

// unseen says what the checks of these kinds cannot see, where that is not
// plain.
func unseen(implemented []catalogue.Kind) string {
	var parts []string
	if slices.Contains(implemented, catalogue.Stress) {
		parts = append(parts, "by stress: what did not come about in this run; `ipckit stress --calibrate` says how often seeded faults do")
	}
	if slices.Contains(implemented, catalogue.Race) {
		parts = append(parts, "by race: more than two processes, more preemptions than the bound says, and what processors weaker than x86 reorder; "+
			"of C sources `ipckit sanitize` looks for accesses that nothing orders")
	}
	return strings.Join(parts, "; ")
}
