package help

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// Render sets Markdown for a terminal of that many columns, with bold headings
// and code where it has colour. It knows what the manual uses: headings,
// paragraphs, lists, code blocks and tables.
func Render(markdown string, width int, colour bool) string {
	r := renderer{width: max(width, 24), colour: colour}
	lines := strings.Split(strings.TrimRight(markdown, "\n"), "\n")
	for len(lines) > 0 {
		n := r.block(lines)
		lines = lines[n:]
	}
	return strings.TrimRight(r.b.String(), "\n") + "\n"
}

type renderer struct {
	b      strings.Builder
	width  int
	colour bool
}

// Select graphic rendition, ECMA-48 8.3.117.
const bold, plain = "\x1b[1m", "\x1b[0m"

const indent = "    " // of code

// block renders the block that begins in the first line, and gives the number of
// lines that it has.
func (r *renderer) block(lines []string) int {
	first := lines[0]
	switch {
	case strings.TrimSpace(first) == "":
		return 1
	case strings.HasPrefix(first, "#"):
		r.line(r.heading(strings.TrimSpace(strings.TrimLeft(first, "#"))))
		r.line("")
		return 1
	case strings.HasPrefix(first, "```"):
		n := 1
		for ; n < len(lines) && !strings.HasPrefix(lines[n], "```"); n++ {
			r.line(strings.TrimRight(indent+strings.ReplaceAll(lines[n], "\t", indent), " "))
		}
		r.line("")
		return min(n+1, len(lines))
	case strings.HasPrefix(first, indent):
		n := 0
		for ; n < len(lines) && strings.HasPrefix(lines[n], indent); n++ {
			r.line(lines[n])
		}
		r.line("")
		return n
	case strings.HasPrefix(first, "|"):
		var rows [][]string
		n := 0
		for ; n < len(lines); n++ {
			cells, ok := row(lines[n])
			if !ok {
				break
			}
			rows = append(rows, cells)
		}
		r.table(rows)
		return n
	}
	n := 1
	for n < len(lines) && continues(lines[n]) {
		n++
	}
	text := strings.Join(lines[:n], " ")
	if item, ok := strings.CutPrefix(text, "- "); ok {
		for i, line := range r.wrap(item, r.width-4) {
			r.line([]string{"  - ", "    "}[min(i, 1)] + line)
		}
		if n == len(lines) || !strings.HasPrefix(lines[n], "- ") {
			r.line("")
		}
		return n
	}
	for _, line := range r.wrap(text, r.width) {
		r.line(line)
	}
	r.line("")
	return n
}

// continues reports whether a line belongs to the paragraph or item before it.
func continues(line string) bool {
	return strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "- ") && !strings.HasPrefix(line, "#") &&
		!strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "```")
}

func (r *renderer) line(text string) { r.b.WriteString(text + "\n") }

func (r *renderer) heading(text string) string {
	if r.colour {
		return bold + text + plain
	}
	return text + "\n" + strings.Repeat("-", runewidth.StringWidth(text))
}

// row splits a line of a table into its cells.
func row(line string) (cells []string, ok bool) {
	line = strings.TrimSpace(line)
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil, false
	}
	for cell := range strings.SplitSeq(line[1:len(line)-1], "|") {
		cells = append(cells, strings.TrimSpace(cell))
	}
	return cells, true
}

// table sets rows of which the first is the head and the second a rule, with the
// widest columns narrowed until all fit.
func (r *renderer) table(rows [][]string) {
	const gap = 2
	rows = append(rows[:1:1], rows[min(2, len(rows)):]...)
	widths := make([]int, len(rows[0]))
	total := gap * (len(widths) - 1)
	for i := range widths {
		for _, cells := range rows {
			if i < len(cells) {
				widths[i] = max(widths[i], r.columns(cells[i]))
			}
		}
		total += widths[i]
	}
	for total > r.width {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 8 {
			break // nothing is readable any more
		}
		widths[widest]--
		total--
	}
	empty := strings.Join(rows[0], "") == ""
	for n, cells := range rows {
		if n == 0 && empty {
			continue
		}
		parts, tall := make([][]string, len(widths)), 1
		for i := range widths {
			if i < len(cells) {
				parts[i] = r.wrap(cells[i], widths[i])
			}
			tall = max(tall, len(parts[i]))
		}
		for t := range tall {
			line := ""
			for i, width := range widths {
				cell := ""
				if t < len(parts[i]) {
					cell = parts[i][t]
				}
				line += cell + strings.Repeat(" ", max(width-visible(cell), 0)+gap)
			}
			line = strings.TrimRight(line, " ")
			if n == 0 && r.colour {
				line = bold + line + plain
			}
			r.line(line)
		}
	}
	r.line("")
}

// wrap breaks a text at blanks into lines of at most width columns.
func (r *renderer) wrap(text string, width int) []string {
	var lines []string
	line, used, code := "", 0, false
	for _, word := range strings.Fields(text) {
		wide := r.columns(word)
		switch {
		case line == "":
		case used+1+wide > width:
			lines = append(lines, line)
			line, used = "", 0
		default:
			line += " "
			used++
		}
		var set string
		set, code = r.word(word, code)
		line += set
		used += wide
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// word sets one word. code says whether it begins inside a code span, and what
// comes back, whether it ends in one. Without colour the marks stay.
func (r *renderer) word(word string, code bool) (string, bool) {
	if !r.colour {
		return word, false
	}
	var b strings.Builder
	for i, part := range strings.Split(word, "`") {
		if i > 0 {
			code = !code
		}
		switch {
		case part == "":
		case code:
			b.WriteString(bold + part + plain)
		default:
			b.WriteString(part)
		}
	}
	return b.String(), code
}

// columns is how wide marked text will be.
func (r *renderer) columns(text string) int {
	if r.colour {
		text = strings.ReplaceAll(text, "`", "")
	}
	return runewidth.StringWidth(text)
}

// visible is how wide text is that has been set.
func visible(text string) int {
	return runewidth.StringWidth(strings.NewReplacer(bold, "", plain, "").Replace(text))
}
