package reports

import (
	"fmt"
	"html/template"
)

// measuredPart is what the page shows of one measure.
type measuredPart struct {
	ID, Slug, Requirement string // slugs: its own, and the requirement's
	Verdict               Verdict
	Tone                  tone
	Mark                  string
	Lines                 []string
	Plots                 []template.HTML
	Tables                []figureTable

	What, Claim, Value, Interval, Rounds, Supports string // in the table of all
}

// figureTable has the figures of a picture's curves.
type figureTable struct {
	Title string
	Head  []string
	Rows  [][]string
}

func newMeasuredPart(m measured, n int) measuredPart {
	p := measuredPart{
		ID: m.ID, Slug: fmt.Sprintf("%s-%d", slug(m.ID), n), Requirement: slug(m.ID),
		Verdict: m.Verdict, Tone: m.Verdict.tone(), Mark: Mark(m.Verdict),
		Lines: m.lines(), What: m.what(), Claim: m.claim(),
	}
	cells := m.cells()
	p.Value, p.Interval, p.Rounds, p.Supports = cells[0], cells[1], cells[2], cells[3]
	for _, d := range m.drawings() {
		p.Plots = append(p.Plots, template.HTML(d.svg(false))) // escaped where it was drawn
	}
	for _, kind := range []struct {
		axis, title, head string
		x, y              func(float64) string
	}{
		{AxisSize, "Cost over size, in figures", "size", size, func(v float64) string { return quantity(v, m.Unit) }},
		{AxisPercentile, "Percentiles, in figures", "of the messages", rarity, func(v float64) string { return quantity(v, m.Unit) }},
		{AxisPairs, "Scaling, in figures", "pairs", figure, func(v float64) string { return figure(v) + "/s" }},
	} {
		if curves := m.curves(kind.axis); len(curves) > 0 {
			p.Tables = append(p.Tables, tabulate(kind.title, kind.head, curves, kind.x, kind.y))
		}
	}
	return p
}

// tabulate puts curves side by side, a row for each x.
func tabulate(title, head string, curves []Curve, sayX, sayY func(float64) string) figureTable {
	t := figureTable{Title: title, Head: []string{head}}
	row := map[float64]int{}
	for i, c := range curves {
		t.Head = append(t.Head, oneLine(c.Name, 40))
		for _, at := range c.Points {
			if _, ok := row[at.X]; !ok {
				row[at.X] = len(t.Rows)
				t.Rows = append(t.Rows, append([]string{sayX(at.X)}, make([]string, len(curves))...))
			}
			t.Rows[row[at.X]][i+1] = sayY(at.Y)
		}
	}
	return t
}
