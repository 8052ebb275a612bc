package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed bench.tmpl
var benchText string

// benchRow is what the page shows of a row.
type benchRow struct {
	Title, Slug string
	Head        []string
	Cells       [][]string
	Plot        template.HTML
}

// BenchHTML writes a bench as one page that needs nothing else.
func BenchHTML(w io.Writer, b *Bench) error {
	t, err := template.New("bench").Parse(benchText)
	if err != nil {
		return fmt.Errorf("page template: %w", err)
	}
	page := struct {
		Style    template.CSS
		About    []string
		Rows     []benchRow
		Counted  [][]string
		Left     []Left
		Promises []Promises
	}{Style: template.CSS(pageStyle + plotStyle), Counted: b.counted(), Left: b.Left, Promises: b.Promises()}
	page.About = []string{
		fmt.Sprintf("%s in %.0f s%s", counted(b.Rounds, "round"), b.Seconds, b.ended()), counted(b.CPUs, "processor"), oneLine(b.Processor, 80),
		oneLine(b.Kernel, 80), b.Time.Format("2006-01-02 15:04 MST"),
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		if len(r.Cells) == 0 {
			continue
		}
		row := benchRow{Title: r.Title, Slug: slug(r.Title), Plot: template.HTML(r.draw().svg(false)), Head: []string{"", "cost", "interval", "of the best", "of the limit"}} // escaped where it was drawn
		for _, c := range r.cells() {
			row.Cells = append(row.Cells, []string{oneLine(c.Name, 60), r.show(c.Cost), r.showRange(c.Low, c.High), c.OfBest.show(), c.OfLimit.show()})
			if c.OfBest == nil && c != r.Limit {
				row.Cells[len(row.Cells)-1][3] = "1"
			}
		}
		page.Rows = append(page.Rows, row)
	}
	return t.Execute(w, page)
}
