package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

func newList() *cobra.Command {
	var only []string
	var unchecked bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the built-in subjects, what mechanisms can do, and the requirements",
		Long: `List prints the built-in subjects, a table of what each mechanism of message
passing can do, and every requirement that this version checks, with its level
and the kinds of check that there are. The catalogue has others, which count as
nothing, since no check shows them: --unchecked lists those.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return list(only, unchecked) },
	}
	c.Flags().StringSliceVar(&only, "only", nil, "list only these: ids, families, levels, models, patterns")
	c.Flags().BoolVar(&unchecked, "unchecked", false, "list the requirements that this version has no check for")
	_ = c.RegisterFlagCompletionFunc("only", completeRequirements)
	return c
}

func list(only []string, unchecked bool) error {
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	match, err := catalogue.Match(suite.Catalogue, only)
	if err != nil {
		return usage("%w", err)
	}
	implemented := suite.Implemented()
	width := math.MaxInt // of a pipe: a requirement a line, for grep
	if term.IsTerminal(int(os.Stdout.Fd())) {
		width = terminalOptions(false).Width
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	if len(only) == 0 && !unchecked {
		fmt.Fprintln(out, "Subjects built in (any other is a directory with ipckit.yaml)")
		for _, name := range builtInNames() {
			fmt.Fprintf(out, "  %-17s%s\n", name, wrap(builtIns[name].about, min(width, 200)-20, 19))
		}
		fmt.Fprintln(out)
		columns, err := mechanisms(suite)
		if err != nil {
			return kitError(err)
		}
		var table strings.Builder
		cells := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
		tabulate(cells, columns, implemented)
		_ = cells.Flush()
		if widest(table.String()) > width {
			table.Reset()
			enumerate(&table, columns, implemented, width)
		}
		fmt.Fprint(out, table.String())
	}
	left := 0 // that are not listed
	for _, family := range suite.Catalogue.Families {
		titled := false
		for _, r := range family.Requirements {
			if !match(r) {
				continue
			}
			if (len(implemented[r.ID]) == 0) != unchecked {
				left++
				continue
			}
			if !titled {
				fmt.Fprintf(out, "\n%s  %s\n", family.ID, family.Title)
				titled = true
			}
			if width < oneLine {
				fmt.Fprintf(out, "  %s  %s  %s\n    %s\n", r.ID, r.Level, kinds(implemented[r.ID]), wrap(r.Text, width-5, 4))
			} else {
				fmt.Fprintf(out, "  %s\t%s\t%s\t%s\n", r.ID, r.Level, kinds(implemented[r.ID]), short(r.Text, 72))
			}
		}
	}
	if left > 0 && !unchecked {
		fmt.Fprintf(out, "\nNot listed: %d %s without a check in this version (ipckit list --unchecked).\n", left, reports.Plural(left, "requirement"))
	}
	return out.Flush()
}

// oneLine is how many columns a requirement's line takes at most.
const oneLine = 128

// widest gives the columns of a text's widest line.
func widest(text string) (most int) {
	for line := range strings.Lines(text) {
		most = max(most, utf8.RuneCountInString(strings.TrimRight(line, " \n")))
	}
	return most
}

func kinds(list []catalogue.Kind) string {
	var words []string
	for _, k := range list {
		if !slices.Contains(words, string(k)) {
			words = append(words, string(k))
		}
	}
	return strings.Join(words, ", ")
}

// short cuts a text at a word.
func short(text string, width int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= width {
		return text
	}
	cut := text[:width]
	if i := strings.LastIndexByte(cut, ' '); i > width/2 {
		cut = cut[:i]
	}
	return strings.ToValidUTF8(cut, "") + "…"
}
