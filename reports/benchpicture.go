package reports

import (
	"cmp"
	"fmt"
	"strings"
)

// Pictures draws the rows.
func (b *Bench) Pictures() (list []Picture) {
	for i := range b.Rows {
		if r := &b.Rows[i]; len(r.Cells) > 0 {
			list = append(list, Picture{fmt.Sprintf("bench-%s.svg", slug(strings.ReplaceAll(r.Title, ", ", "-"))), r.draw().svg(true)})
		}
	}
	return list
}

// draw shows a strip for each contestant, the best one first: a speck a round, the
// middle one as a stroke, the interval as a band, and the machine's limit across all.
// There may be many, so that names stand on the strips and colours tell nothing.
func (r *Row) draw() *plot {
	cells := r.cells()
	if r.Limit != nil {
		cells = cells[:len(cells)-1]
	}
	n := float64(len(cells))
	p := &plot{
		title:  oneLine(r.Title, 80),
		height: 56 + 38*n,
		x:      axis{label: "the further to the left, the better", log: true, say: r.show},
		y:      axis{low: -0.4, high: n - 0.3, ticks: []float64{}},
	}
	for _, c := range cells {
		p.title += fmt.Sprintf("; %s %s", oneLine(c.Name, 60), r.show(c.Cost))
		p.x.include(c.Low, c.Cost, c.High)
		for _, cost := range c.shown() {
			p.x.include(cost)
		}
	}
	p.explain(sampleDot("speck s0", 2.5), "a round")
	p.explain(sampleLine("s0"), "median")
	p.explain(sampleBand("s0"), "interval")
	if r.Limit != nil {
		p.x.include(r.Limit.Cost)
		p.explain(sampleLine("claim dash"), oneLine(r.Limit.Name, 30)+" "+r.show(r.Limit.Cost))
	}
	p.x.settle(0.04)
	p.begin()
	if r.Limit != nil {
		p.line("claim dash", []Point{{X: r.Limit.Cost, Y: p.y.low}, {X: r.Limit.Cost, Y: p.y.high}})
	}
	for i, c := range cells {
		y := n - 1 - float64(i)
		low, high := cmp.Or(c.Low, p.x.low), cmp.Or(c.High, p.x.high)
		p.path("band s0", []Point{{X: low, Y: y - 0.3}, {X: high, Y: y - 0.3}, {X: high, Y: y + 0.2}, {X: low, Y: y + 0.2}}, true)
		for j, cost := range c.shown() {
			p.dot("speck s0", cost, y-0.05+0.1*float64(j%3-1), 2.4)
		}
		p.line("s0", []Point{{X: c.Cost, Y: y - 0.3}, {X: c.Cost, Y: y + 0.2}})
		p.words(p.x.low, y+0.32, oneLine(c.Name, 40)+"  "+r.show(c.Cost))
	}
	return p
}

// shown are the costs of the rounds in which it was measured.
func (c *Cell) shown() (costs []float64) {
	for _, cost := range c.Costs[:min(len(c.Costs), mostPoints)] {
		if cost > 0 {
			costs = append(costs, cost)
		}
	}
	return costs
}
