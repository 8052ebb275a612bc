package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A Picture is a drawing of what was measured, as a file of its own.
type Picture struct {
	Name string // of the file
	SVG  string
}

// Pictures draws all that a record measured.
func (r *Record) Pictures() (list []Picture) {
	of := map[string]int{}
	for _, m := range r.measured() {
		of[m.ID]++
		for _, d := range m.drawings() {
			list = append(list, Picture{fmt.Sprintf("%s-%d-%s.svg", slug(m.ID), of[m.ID], d.name), d.svg(true)})
		}
	}
	return list
}

// A drawing is a plot with its name.
type drawing struct {
	name string
	*plot
}

// drawings are the pictures of one measure: its rounds, and its curves by what they
// stand over.
func (m *Measure) drawings() (list []drawing) {
	if len(m.Rounds) > 0 {
		list = append(list, drawing{"rounds", m.drawRounds()})
	}
	for _, kind := range []struct {
		axis, name string
		draw       func([]Curve) *plot
	}{
		{AxisSize, "sizes", m.drawSizes}, {AxisPercentile, "percentiles", m.drawPercentiles}, {AxisPairs, "scaling", m.drawScaling},
	} {
		if curves := m.curves(kind.axis); len(curves) > 0 {
			list = append(list, drawing{kind.name, kind.draw(curves)})
		}
	}
	return list
}

// curves gives those over an axis, with the points that logarithmic axes can show, in
// order. Of percentiles, the rarity of what takes longer stands for x: 10 for 90, 100
// for 99.
func (m *Measure) curves(axis string) (list []Curve) {
	for _, c := range m.Curves {
		if c.Axis != axis || len(list) == 12 {
			continue
		}
		var points []Point
		for _, at := range c.Points[:min(len(c.Points), mostPoints)] {
			if axis == AxisPercentile {
				at.X = 100 / (100 - at.X)
			}
			if at.X > 0 && at.Y > 0 && !math.IsInf(at.X, 0) {
				points = append(points, at)
			}
		}
		slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
		if c.Points = points; len(points) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// drawRounds draws a dot a round on a logarithmic axis, with the claim as a line and
// the interval as a band.
func (m *Measure) drawRounds() *plot {
	rounds := m.Rounds[:min(len(m.Rounds), mostPoints)]
	p := &plot{
		title: fmt.Sprintf("%s, %s: %s times (%s) in %d %s", m.what(), m.claim(), figure(m.Ratio), m.interval(), len(m.Rounds), Plural(len(m.Rounds), "round")),
		x:     axis{label: "round", low: 0.5, high: float64(len(rounds)) + 0.5, say: figure},
		y:     axis{label: "times as good as " + m.baseline(), log: true, say: figure},
	}
	for i, step := 1, max(1, (len(rounds)+4)/8); i <= len(rounds); i++ {
		if i%step == 0 {
			p.x.ticks = append(p.x.ticks, float64(i))
		}
	}
	radius := 4.0
	if len(rounds) > 60 { // they touch each other
		radius = 2.8
	}
	p.y.include(m.Low, m.High, m.Claimed, m.Ratio)
	again := false
	for _, r := range rounds {
		p.y.include(r.Baseline / r.Subject)
		if r.Again > 0 {
			p.y.include(r.Again / r.Baseline)
			again = true
		}
	}
	p.x.settle(0)
	p.y.settle(0.08)

	interval := m.Low > 0 || m.High > 0
	if m.Claimed > 0 {
		p.explain(sampleDot("dot won", 4), "won")
		p.explain(sampleDot("ring lost", 3.4), "lost")
		p.explain(sampleLine("claim dash"), "claimed "+figure(m.Claimed))
	} else {
		p.explain(sampleDot("dot s0", 4), "a round")
	}
	p.explain(sampleLine("s0"), "median "+figure(m.Ratio))
	if interval {
		p.explain(sampleBand("s0"), "interval "+m.interval())
	}
	if again {
		p.explain(sampleDot("speck soft", 2.5), "baseline against its copy")
	}
	p.begin()

	if interval {
		ends := Point{Low: p.y.low, High: p.y.high}
		if m.Low > 0 {
			ends.Low = m.Low
		}
		if m.High > 0 {
			ends.High = m.High
		}
		p.band("s0", []Point{{X: p.x.low, Low: ends.Low, High: ends.High}, {X: p.x.high, Low: ends.Low, High: ends.High}})
	}
	p.across("s0", m.Ratio)
	if m.Claimed > 0 {
		p.across("claim dash", m.Claimed)
	}
	for i, r := range rounds {
		x := float64(i + 1)
		if r.Again > 0 && r.Baseline > 0 {
			p.dot("speck soft", x, r.Again/r.Baseline, 2.5)
		}
		switch ratio := r.Baseline / r.Subject; {
		case m.Claimed <= 0:
			p.dot("dot s0", x, ratio, radius)
		case ratio > m.Claimed && r.Subject > 0:
			p.dot("dot won", x, ratio, radius)
		case r.Subject <= 0:
			p.dot("ring lost", x, p.y.low, radius-0.6)
		default:
			p.dot("ring lost", x, ratio, radius-0.6)
		}
	}
	return p
}

func (m *Measure) baseline() string {
	if m.Baseline == "" {
		return "the baseline"
	}
	return oneLine(m.Baseline, 60)
}

// hue is the class of the nth curve: its colour, and how it is dashed.
func hue(n int) string { return fmt.Sprintf("s%d", n%6) }

// drawCurves draws lines with bands, each with its key, over axes whose x has its
// range and its ticks.
func (p *plot) drawCurves(curves []Curve, dots bool) {
	for i, c := range curves {
		p.explain(sampleLine(hue(i)), oneLine(c.Name, 40))
		for _, at := range c.Points {
			p.y.include(at.Y, at.Low, at.High)
		}
	}
	p.y.settle(0.06)
	p.begin()
	for i := range curves {
		p.band(hue(i), curves[i].Points)
	}
	for i, c := range curves {
		p.line(hue(i), c.Points)
		for _, at := range c.Points {
			if dots {
				p.dot("dot "+hue(i), at.X, at.Y, 3.5)
			}
		}
	}
}

// drawSizes draws cost over size, both logarithmic, and marks the size from which
// the first curve is below the second.
func (m *Measure) drawSizes(curves []Curve) *plot {
	p := &plot{
		title: "cost over size: " + m.what(),
		x:     axis{label: "bytes of a message", log: true, say: size},
		y:     axis{label: "cost of a message", log: true, say: func(v float64) string { return quantity(v, m.Unit) }},
	}
	for _, c := range curves {
		for _, at := range c.Points {
			p.x.include(at.X)
		}
	}
	for v := 1.0; v <= p.x.high; v *= 8 {
		if v >= p.x.low {
			p.x.ticks = append(p.x.ticks, v)
		}
	}
	p.x.settle(0.03)
	cross := 0.0
	if len(curves) > 1 {
		cross = crossover(curves[0].Points, curves[1].Points)
	}
	if cross > 0 {
		p.title += fmt.Sprintf("; %s costs less than %s from about %s on", oneLine(curves[0].Name, 40), oneLine(curves[1].Name, 40), size(cross))
	}
	p.drawCurves(curves, true)
	if cross > 0 {
		p.upright("claim dash", cross, "less from about "+size(cross)+" on")
	}
	return p
}

// crossover gives the x from which on a stays below b, between two points on a
// straight line in logarithms; 0 if it is so everywhere, or nowhere.
func crossover(a, b []Point) float64 {
	type gap struct{ x, log float64 } // of a above b
	var gaps []gap
	for _, at := range a {
		if i := slices.IndexFunc(b, func(other Point) bool { return other.X == at.X }); i >= 0 {
			gaps = append(gaps, gap{at.X, math.Log(at.Y / b[i].Y)})
		}
	}
	for i := len(gaps) - 1; i > 0; i-- {
		switch from, to := gaps[i-1], gaps[i]; {
		case to.log >= 0:
			return 0
		case from.log >= 0:
			return from.x * math.Pow(to.x/from.x, from.log/(from.log-to.log))
		}
	}
	return 0
}

// drawPercentiles draws how much of the messages took at most so long, with as much
// room for the rarest hundredth as for the rarest tenth.
func (m *Measure) drawPercentiles(curves []Curve) *plot {
	p := &plot{
		title: "percentiles: " + m.what(),
		x:     axis{label: "of the messages", log: true, say: rarity},
		y:     axis{label: "took at most", log: true, say: func(v float64) string { return quantity(v, m.Unit) }},
	}
	p.x.include(1)
	for _, c := range curves {
		for _, at := range c.Points {
			p.x.include(at.X)
		}
	}
	for _, rarity := range []float64{2, 10, 100, 1e3, 1e4, 1e5, 1e6} {
		if rarity <= p.x.high*1.001 {
			p.x.ticks = append(p.x.ticks, rarity)
		}
	}
	p.x.settle(0.01)
	p.drawCurves(curves, false)
	return p
}

// rarity writes the percentile that a place on the axis stands for.
func rarity(v float64) string { return fmt.Sprintf("%.6g%%", 100-100/v) }

// drawScaling draws what several pairs get through over what one does, with the ideal.
func (m *Measure) drawScaling(curves []Curve) *plot {
	for i := range curves {
		one := curves[i].Points[0].Y / curves[i].Points[0].X
		for j := range curves[i].Points {
			at := &curves[i].Points[j]
			at.Y, at.Low, at.High = at.Y/one, at.Low/one, at.High/one
		}
	}
	p := &plot{
		title: "scaling: " + m.what(),
		x:     axis{label: "pairs of processes", say: figure},
		y:     axis{label: "times as much as one pair", say: figure},
	}
	p.x.include(1)
	for _, c := range curves {
		for _, at := range c.Points {
			p.x.include(at.X)
		}
	}
	for v := 1.0; v <= min(p.x.high, 1024); v += max(1, math.Ceil(p.x.high/8)) {
		p.x.ticks = append(p.x.ticks, v)
	}
	p.x.settle(0.03)
	p.y.include(0, p.x.ticks[len(p.x.ticks)-1])
	p.explain(sampleLine("soft dash"), "ideal")
	if m.Claimed > 0 {
		p.explain(sampleLine("claim dash"), "claimed "+figure(m.Claimed))
	}
	p.drawCurves(curves, true)
	last := p.x.ticks[len(p.x.ticks)-1]
	p.line("soft dash", []Point{{X: 1, Y: 1}, {X: last, Y: last}})
	if m.Claimed > 0 {
		p.across("claim dash", m.Claimed)
	}
	return p
}
