package reports

import "strings"

// fewMeasures are shown in lines, of which more would hide each other: they become
// a table.
const fewMeasures = 3

// measured writes what was measured: a few in two or three lines each, but those
// that are explained as shortfalls; many as a table, where there is room for one.
func (t *terminal) measured(r *Record) {
	all := r.measured()
	if len(all) == 0 {
		return
	}
	if len(all) > fewMeasures && !t.Verbose && t.table(all) {
		return
	}
	explained := map[string]bool{}
	for _, s := range r.shortfallGroups() {
		explained[oneLine(s.Requirement, 80)] = true
	}
	titled := false
	for _, m := range all {
		if explained[m.ID] {
			continue
		}
		if !titled {
			t.line(t.as(bold, "Measured:"))
			titled = true
		}
		t.bullet(t.mark(m.Verdict)+" ", m.ID+": "+strings.Join(m.lines(), "\n"))
	}
	if titled {
		t.line("")
	}
}

// table writes a line for each measure. It is false, and writes nothing, where the
// lines would not fit.
func (t *terminal) table(all []measured) bool {
	rows := [][]string{{"", "measured", "of", "claimed", "median", "interval", "rounds", "can claim"}}
	for _, m := range all {
		of := strings.TrimPrefix(m.what(), oneLine(m.Figure, 80)+" of ")
		rows = append(rows, append([]string{t.mark(m.Verdict), m.ID, of, m.promise()}, m.cells()...))
	}
	wide := make([]int, len(rows[0]))
	total := 2
	for i := range wide {
		for _, row := range rows {
			wide[i] = max(wide[i], columns(row[i]))
		}
		total += wide[i] + 2
	}
	if total-2 > t.width {
		return false
	}
	t.line(t.as(bold, "Measured:"))
	for n, row := range rows {
		line := ""
		for i, cell := range row {
			line += pad(cell, wide[i]) + "  "
		}
		line = trimRight("  " + line)
		ink := dim
		if n > 0 {
			ink = colour(all[n-1].Verdict)
		}
		t.line(t.as(ink, line))
	}
	t.line("")
	return true
}

// promise is the claim in a few columns: "1.5 times pipe".
func (m *Measure) promise() string {
	switch {
	case m.Claimed > 0:
		return figure(m.Claimed) + " times " + m.baseline()
	case m.Bound > 0:
		return "at most " + figure(m.Bound)
	}
	return ""
}
