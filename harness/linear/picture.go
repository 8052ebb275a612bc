package linear

import (
	"encoding/xml"
	"fmt"
	"strings"
	"unicode/utf8"
)

// SVG returns the witness as a picture, with the content of [Witness.Text]. It is
// self-contained, without scripts, fonts or links, and readable on light and on dark
// backgrounds. Text is escaped. Lengths are in pixels.
func (w *Witness) SVG() string {
	const (
		row    = 34
		bar    = 22
		margin = 12
		column = 56
		letter = 7.9 // width of a monospaced character of 13 px, with room to spare
		line   = 18
	)
	c := newChart(w.Steps)
	left := margin + int(float64(c.labelWidth+1)*letter)
	timesWidth := 0
	for i := range w.Steps {
		timesWidth = max(timesWidth, utf8.RuneCountInString(c.times(&w.Steps[i].Op)))
	}
	right := left + c.columns*column + margin
	width := max(480, right+int(float64(timesWidth)*letter)+margin)
	title := wrap(w.Reason, int(float64(width-2*margin)/letter))
	top := margin + line*len(title) + 10
	height := top + row*len(w.Steps) + margin

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" class="witness" role="img" aria-label="%s">`,
		width, height, width, height, escape(w.Reason))
	// Rules are scoped, as the picture may stand inside a page. Colours by value; the contrast of text is above 4.5 to 1 on both backgrounds.
	b.WriteString(`
<style>
 .witness{background:#fff;font:13px ui-monospace,monospace}
 .witness text{fill:#1b1f24} .witness .when{fill:#57606a} .witness .title{font-weight:bold}
 .witness .rule{stroke:#d0d7de;stroke-dasharray:2 3} .witness .bar{stroke:#57606a;fill:#d8dee4}
 .witness .v0{fill:#f6c9a3} .witness .v1{fill:#a8d0f5} .witness .v2{fill:#b9e0b0} .witness .open{stroke-dasharray:5 3}
 @media (prefers-color-scheme:dark){
  .witness{background:#0d1117} .witness text{fill:#e6edf3} .witness .when{fill:#9aa4ae}
  .witness .rule{stroke:#30363d} .witness .bar{stroke:#9aa4ae;fill:#30363d}
  .witness .v0{fill:#7a4a22} .witness .v1{fill:#1f4f7d} .witness .v2{fill:#2c5a25}
 }
</style>
`)
	for i, t := range title {
		fmt.Fprintf(&b, "<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n", margin, margin+line*i+13, escape(t))
	}
	for i := range c.instants {
		x := left + i*column
		fmt.Fprintf(&b, "<line class=\"rule\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", x, top-4, x, height-margin)
	}
	for i := range w.Steps {
		s := &w.Steps[i]
		y := top + row*i
		from, to := left+c.column(s.Op.Inv)*column, left+c.end(&s.Op)*column
		class := "bar"
		if v := s.colour(); v >= 0 {
			class += fmt.Sprintf(" v%d", v)
		}
		if s.Op.Ret == 0 {
			class += " open"
		}
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>", margin, y+bar/2+5, escape(c.labels[i]))
		fmt.Fprintf(&b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>", class, from, y, to-from, bar)
		fmt.Fprintf(&b, "<text class=\"when\" x=\"%d\" y=\"%d\">%s</text>\n", right, y+bar/2+5, escape(c.times(&s.Op)))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// colour is the number of the step's colour, by its name; -1 for none.
func (s *Step) colour() int {
	if len(s.Name) != 1 {
		return -1
	}
	if n := int(s.Name[0] - 'A'); n < 3 {
		return n
	}
	return -1
}

// wrap breaks a text into lines of at most width characters, if words allow.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}
