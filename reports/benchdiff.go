package reports

import (
	"fmt"
	"io"
	"strings"
)

// BenchDiff compares, by contestant and row, how many times the machine's limit of its
// own run a bench costs in two of them. It judges nothing: between two runs lies all
// that may have changed in the machine, and no error rate holds across them. Error:
// they ran on processors of different models, or have no row in common with a limit.
func BenchDiff(w io.Writer, before, after *Bench) error {
	if before.Processor != after.Processor {
		return fmt.Errorf("the saved bench ran on %q, and this one on %q: ratios to the limits of different processors say nothing about what changed", before.Processor, after.Processor)
	}
	var s strings.Builder
	table := [][]string{{"how many times the limit of its run", "before", "after", "change"}}
	for _, r := range after.Rows {
		for _, c := range r.Cells {
			was := before.cell(r.Title, c.Name)
			if was == nil || was.OfLimit == nil || c.OfLimit == nil {
				continue
			}
			table = append(table, []string{
				r.Title + ": " + oneLine(c.Name, 60), was.OfLimit.show(), c.OfLimit.show(),
				fmt.Sprintf("%+.0f%%", 100*(c.OfLimit.Ratio/was.OfLimit.Ratio-1)),
			})
		}
	}
	if len(table) == 1 {
		return fmt.Errorf("the two have no contestant and row in common of which both measured the machine's limit")
	}
	for _, line := range aligned(table) {
		s.WriteString(line + "\n")
	}
	fmt.Fprintf(&s, "before: %s, %s; differences between two runs are no verdict\n", before.Time.Format("2006-01-02 15:04"), counted(before.Rounds, "round"))
	_, err := io.WriteString(w, s.String())
	return err
}

func (b *Bench) cell(row, name string) *Cell {
	for _, r := range b.Rows {
		for i := range r.Cells {
			if r.Title == row && r.Cells[i].Name == name {
				return &r.Cells[i]
			}
		}
	}
	return nil
}
