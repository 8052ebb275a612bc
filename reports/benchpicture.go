package reports

import (
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

// draw shows a dot a round of each contestant on a logarithmic axis, its middle as a
// line, and its interval as a band.
func (r *Row) draw() *plot {
	cells := r.cells()
	p := &plot{title: r.Title, x: axis{label: "round", say: figure}, y: axis{label: "cost, ns a message", log: true, say: func(v float64) string { return quantity(v, "ns") }}}
	if r.Trip {
		p.y.label = "round trip"
	}
	rounds := 1
	for i, c := range cells {
		for _, cost := range c.Costs[:min(len(c.Costs), mostPoints)] {
			if cost > 0 {
				p.y.include(cost)
			}
		}
		rounds = max(rounds, min(len(c.Costs), mostPoints))
		p.explain(sampleLine(hue(i))+sampleDot("dot "+hue(i), 3), oneLine(c.Name, 40)+" "+r.show(c.Cost))
	}
	p.x.low, p.x.high = 0.5, float64(rounds)+0.5
	for i, step := 1, max(1, (rounds+4)/8); i <= rounds; i++ {
		if i%step == 0 {
			p.x.ticks = append(p.x.ticks, float64(i))
		}
	}
	p.x.settle(0)
	p.y.settle(0.08)
	p.begin()
	for i, c := range cells {
		if c.Low > 0 && c.High > 0 {
			p.band(hue(i), []Point{{X: p.x.low, Low: c.Low, High: c.High}, {X: p.x.high, Low: c.Low, High: c.High}})
		}
		p.across(hue(i), c.Cost)
		for n, cost := range c.Costs[:min(len(c.Costs), mostPoints)] {
			if cost > 0 {
				p.dot("dot "+hue(i), float64(n+1), cost, 3)
			}
		}
	}
	return p
}
