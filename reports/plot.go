package reports

import (
	"cmp"
	_ "embed"
	"fmt"
	"html"
	"math"
	"strings"
	"unicode/utf8"
)

// plotStyle has the colours of plots, light and dark: pages have it in their style,
// and pictures that stand alone bring it along.
//
//go:embed plot.css
var plotStyle string

// Of a plot, in units that are pixels where it is as wide as a telephone.
const (
	plotWidth, plotHeight = 400.0, 250.0 // without what stands above the axes
	rowHeight             = 17.0
	letter                = 6.6 // as wide as one is on average
	mostPoints            = 2000
)

// A plot is a picture with two axes, on which marks are drawn in the order in which
// they are added. It is text that can be part of a page, or a file of its own.
type plot struct {
	title  string  // what it shows, for readers who do not see it
	height float64 // plotHeight where it is 0
	x, y   axis
	marks  strings.Builder
	keys   []key

	left, top float64 // of the rectangle between the axes
}

// An axis goes from low to high. Its ends have to be set before marks are drawn.
type axis struct {
	label     string
	low, high float64
	log       bool
	some      bool                 // low and high are set
	ticks     []float64            // chosen where there are none
	say       func(float64) string // a tick
}

// A key explains a mark above the axes.
type key struct{ sample, text string }

// along gives the place of a value between the ends of an axis, from 0 to 1, and
// beyond them the end.
func (a *axis) along(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		v, low, high = math.Log(v), math.Log(low), math.Log(high)
	}
	if math.IsNaN(v) {
		return 0
	}
	return min(max((v-low)/(high-low), 0), 1)
}

// include widens an axis so that there is room for a value. Values that it cannot
// show are passed over.
func (a *axis) include(values ...float64) {
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0) || a.log && v < 1e-12 || math.Abs(v) > 1e15:
		case !a.some:
			a.low, a.high, a.some = v, v, true
		default:
			a.low, a.high = min(a.low, v), max(a.high, v)
		}
	}
}

// settle gives an axis a margin at both ends, and its ticks.
func (a *axis) settle(margin float64) {
	if a.log {
		if a.low <= 0 {
			a.low, a.high = 1, 10
		}
		factor := math.Pow(max(a.high/a.low, 1.2), margin)
		a.low, a.high = a.low/factor, a.high*factor
	} else {
		room := max((a.high-a.low)*margin, 1e-9)
		a.low, a.high = a.low-room, a.high+room
	}
	if a.ticks == nil {
		a.ticks = ticksBetween(a.low, a.high, a.log)
	}
}

// ticksBetween gives round numbers: of a logarithmic axis 1, 10, 100, with as many
// between these as there is room for; steps of one size where it is short.
func ticksBetween(low, high float64, log bool) []float64 {
	const enough, most = 4, 8
	if log {
		var ticks []float64
		every := math.Ceil(math.Log10(high/low) / most) // decades
		for _, of := range [][]float64{{1}, {1, 3}, {1, 2, 5}, {1, 1.5, 2, 3, 4, 6, 8}} {
			var denser []float64
			for e := math.Floor(math.Log10(low)); e <= math.Log10(high); e += every {
				for _, f := range of {
					if v := f * math.Pow(10, e); v >= low && v <= high {
						denser = append(denser, v)
					}
				}
			}
			if len(denser) > most && len(ticks) > 0 {
				break
			}
			ticks = denser
		}
		if len(ticks) >= enough {
			return ticks
		}
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/enough)))
	for _, f := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*f) <= most-1 {
			step *= f
			break
		}
	}
	var ticks []float64
	for i := math.Ceil(low / step); i*step <= high*(1+1e-9) && len(ticks) <= most; i++ {
		ticks = append(ticks, i*step+0) // never -0
	}
	return ticks
}

// point gives the place of a pair of values in the picture.
func (p *plot) point(x, y float64) (float64, float64) {
	return p.left + p.x.along(x)*(plotWidth-p.left-12), p.top + (1-p.y.along(y))*(p.height-40)
}

func (p *plot) mark(format string, args ...any) { fmt.Fprintf(&p.marks, format+"\n", args...) }

// line draws a line through points.
func (p *plot) line(class string, points []Point) { p.path("line "+class, points, false) }

// band fills the room between the bands' ends of points.
func (p *plot) band(class string, points []Point) {
	var low, high []Point
	for _, at := range points {
		if at.Low > 0 && at.High > 0 {
			low, high = append(low, Point{X: at.X, Y: at.Low}), append([]Point{{X: at.X, Y: at.High}}, high...)
		}
	}
	if len(low) > 0 {
		p.path("band "+class, append(low, high...), true)
	}
}

func (p *plot) path(class string, points []Point, closed bool) {
	var d strings.Builder
	for i, at := range points {
		x, y := p.point(at.X, at.Y)
		fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
	}
	if closed {
		d.WriteByte('Z')
	}
	p.mark(`<path class="%s" d="%s"/>`, class, d.String())
}

// dot draws a point: a dot, a ring or a speck.
func (p *plot) dot(class string, x, y, radius float64) {
	x, y = p.point(x, y)
	p.mark(`<circle class="%s" cx="%.1f" cy="%.1f" r="%g"/>`, class, x, y, radius)
}

// across draws a line from side to side, at a height.
func (p *plot) across(class string, y float64) {
	p.line(class, []Point{{X: p.x.low, Y: y}, {X: p.x.high, Y: y}})
}

// upright draws a line from top to bottom, with words beside it.
func (p *plot) upright(class string, x float64, words string) {
	p.line(class, []Point{{X: x, Y: p.y.low}, {X: x, Y: p.y.high}})
	at, y := p.point(x, p.y.high)
	anchor, beside := "start", 5.0
	if at+beside+letter*float64(utf8.RuneCountInString(words)) > plotWidth {
		anchor, beside = "end", -beside
	}
	p.mark(`<text class="words" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, at+beside, y+12, anchor, html.EscapeString(words))
}

// words writes at a place, over what is there.
func (p *plot) words(x, y float64, words string) {
	x, y = p.point(x, y)
	p.mark(`<text class="words" x="%.1f" y="%.1f">%s</text>`, x+4, y, html.EscapeString(words))
}

// Samples of marks, 22 wide and 10 high, as keys show them.
func sampleLine(class string) string {
	return fmt.Sprintf(`<path class="line %s" d="M0 5H22"/>`, class)
}
func sampleBand(class string) string {
	return fmt.Sprintf(`<rect class="band %s" width="22" height="10"/>`, class)
}
func sampleDot(class string, radius float64) string {
	return fmt.Sprintf(`<circle class="%s" cx="11" cy="5" r="%g"/>`, class, radius)
}

// explain adds a key.
func (p *plot) explain(sample, text string) { p.keys = append(p.keys, key{sample, text}) }

// begin makes room for the keys and for the widest tick, once both are known: what
// is drawn later has its place by then.
func (p *plot) begin() {
	p.height = cmp.Or(p.height, plotHeight)
	wide := 0
	for _, v := range p.y.ticks {
		wide = max(wide, utf8.RuneCountInString(p.y.say(v)))
	}
	p.left = letter*float64(wide) + 12
	p.top = rowHeight*float64(len(p.rows())+1) + 6
}

// rows breaks the keys into rows.
func (p *plot) rows() (rows [][]key) {
	used := plotWidth
	for _, k := range p.keys {
		if w := keyWidth(k); used+w > plotWidth {
			rows, used = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], k)
		used += keyWidth(k)
	}
	return rows
}

func keyWidth(k key) float64 { return 40 + letter*float64(utf8.RuneCountInString(k.text)) }

// svg gives the picture. One that stands alone has its own colours and a ground.
func (p *plot) svg(alone bool) string {
	var b strings.Builder
	add := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	height := p.top + p.height
	ns, size := "", ""
	if alone {
		ns, size = ` xmlns="http://www.w3.org/2000/svg"`, fmt.Sprintf(` width="%g" height="%g"`, 1.6*plotWidth, 1.6*height)
	}
	title := html.EscapeString(p.title)
	add(`<svg%s class="plot" viewBox="0 0 %g %g"%s role="img" aria-label="%s">`, ns, plotWidth, height, size, title)
	add("<title>%s</title>", title)
	if alone {
		add("<style>\n%s</style>\n"+`<rect width="%g" height="%g" style="fill:var(--ground)"/>`, plotStyle, plotWidth, height)
	}
	for i, row := range p.rows() {
		x := 2.0
		for _, k := range row {
			y := rowHeight*float64(i) + 4
			add(`<g transform="translate(%.1f %.1f)">%s<text x="28" y="9">%s</text></g>`, x, y, k.sample, html.EscapeString(k.text))
			x += keyWidth(k)
		}
	}
	bottom := p.top + p.height - 40
	add(`<text class="axis" x="2" y="%.1f">%s</text>`, p.top-7, html.EscapeString(p.y.label))
	for _, v := range p.y.ticks {
		_, y := p.point(p.x.low, v)
		add(`<path class="grid" d="M%.1f %.1fH%g"/><text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`,
			p.left, y, plotWidth-12, p.left-6, y+4, html.EscapeString(p.y.say(v)))
	}
	free := 0.0 // where the last tick's words end
	for _, v := range p.x.ticks {
		x, _ := p.point(v, p.y.low)
		words := p.x.say(v)
		half := letter * float64(utf8.RuneCountInString(words)) / 2
		add(`<path class="grid" d="M%.1f %.1fV%.1f"/>`, x, p.top, bottom)
		if at := min(x, plotWidth-half-4); at-half > free {
			add(`<text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, at, bottom+16, html.EscapeString(words))
			free = at + half + 6
		}
	}
	add(`<text class="axis" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, plotWidth-12, bottom+34, html.EscapeString(p.x.label))
	b.WriteString(p.marks.String())
	add(`<path class="frame" d="M%.1f %.1fV%.1fH%g"/>`, p.left, p.top, bottom, plotWidth-12)
	b.WriteString("</svg>\n")
	return b.String()
}
