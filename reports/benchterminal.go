package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// BenchTerminal prints a bench: a table for each row, and what it supports to be
// promised.
func BenchTerminal(w io.Writer, b *Bench) error {
	var s strings.Builder
	for i := range b.Rows {
		b.Rows[i].print(&s)
	}
	if table := b.counted(); table != nil {
		for _, line := range aligned(table) {
			s.WriteString(line + "\n")
		}
		s.WriteString("\n")
	}
	fmt.Fprintf(&s, "%s in %.0f s%s\n", counted(b.Rounds, "round"), b.Seconds, b.ended())
	s.WriteString("cost: the middle round, with the interval that the rounds leave possible for it;\n")
	s.WriteString("of best, of limit: how many times the cost of the best one, and of the machine's limit\n")
	for _, l := range b.Left {
		fmt.Fprintf(&s, "left out: %s: %s\n", oneLine(l.Name, 80), oneLine(l.Why, 400))
	}
	if promises := b.Promises(); len(promises) > 0 {
		s.WriteString("\nThe strongest claims that these rounds support, to be pasted into a claims file.\nOne that claims exactly what is true stays undecided: claim less than this.\n")
		for _, p := range promises {
			fmt.Fprintf(&s, "\n# %s\nperformance:\n", oneLine(p.Name, 80))
			for _, line := range p.Lines {
				fmt.Fprintf(&s, "  - %s\n", line)
			}
		}
	}
	_, err := io.WriteString(w, s.String())
	return err
}

func (b *Bench) ended() string {
	if b.Interrupted {
		return ", interrupted"
	}
	return ""
}

func counted(n int, noun string) string { return fmt.Sprintf("%d %s", n, Plural(n, noun)) }

// print writes the row as a table.
func (r *Row) print(s *strings.Builder) {
	if len(r.Cells) == 0 {
		return
	}
	limit := "of limit"
	if r.Limit != nil {
		limit = "of " + r.Limit.Name
	}
	table := [][]string{{r.Title, "cost", "interval", "of best", limit}}
	for _, c := range r.cells() {
		best := "1"
		if c.OfBest != nil {
			best = figure(c.OfBest.Ratio)
		}
		of := "–"
		switch {
		case c == r.Limit:
			best, of = "", "1"
		case c.OfLimit != nil:
			of = figure(c.OfLimit.Ratio)
		}
		table = append(table, []string{"  " + oneLine(c.Name, 60), r.show(c.Cost), r.showRange(c.Low, c.High), best, of})
	}
	for _, line := range aligned(table) {
		s.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	s.WriteString("\n")
}

// cells are those of the row, the best first, and the limit at the end.
func (r *Row) cells() (list []*Cell) {
	for i := range r.Cells {
		list = append(list, &r.Cells[i])
	}
	slices.SortStableFunc(list, func(a, b *Cell) int {
		if a.Cost < b.Cost {
			return -1
		}
		return 1
	})
	if r.Limit != nil {
		list = append(list, r.Limit)
	}
	return list
}

// aligned pads the cells of a table: the first column to the left, others to the
// right.
func aligned(table [][]string) (lines []string) {
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range table {
		line := ""
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line += cell + pad
			} else {
				line += "  " + pad + cell
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// Promises are the claims of one contestant.
type Promises struct {
	Name  string
	Lines []string
}

// Promises gives what the rounds and the counts support, by contestant.
func (b *Bench) Promises() (all []Promises) {
	add := func(name string, lines ...string) {
		at := slices.IndexFunc(all, func(p Promises) bool { return p.Name == name })
		if at < 0 {
			at, all = len(all), append(all, Promises{Name: name})
		}
		all[at].Lines = append(all[at].Lines, lines...)
	}
	for _, r := range b.Rows {
		for _, c := range r.Cells {
			add(c.Name, c.Promise...)
		}
	}
	for _, c := range b.Counts {
		if c.Promise != "" {
			add(c.Name, c.Promise)
		}
	}
	return slices.DeleteFunc(all, func(p Promises) bool { return len(p.Lines) == 0 })
}
