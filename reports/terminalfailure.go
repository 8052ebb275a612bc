package reports

import "strings"

// failure explains a result that fell short.
func (t *terminal) failure(r *Result) {
	const indent = 2
	title := t.as(bold+";"+colour(r.Verdict), t.mark(r.Verdict)+" "+oneLine(r.Requirement, 80)) +
		" " + t.as(colour(r.Verdict), r.Verdict.verb())
	if !strings.Contains(r.Verdict.verb(), string(r.Verdict)) {
		title += t.as(dim, " ("+string(r.Verdict)+")")
	}
	t.line(strings.Repeat(" ", indent) + title)
	l := limits{text: 1200, output: 4 << 10, lines: 8}
	if t.Verbose {
		l = limits{text: 8 << 10, output: 64 << 10, lines: 200}
	}
	for _, s := range explain(r, l) {
		t.section(s, indent+2)
	}
	t.line("")
}

// others names those that fell short for the same reason.
func (t *terminal) others(s shortfall) {
	text, ids := s.others()
	t.bullet(t.mark(s.Verdict)+" ", text+": "+strings.Join(ids, ", ")+". --verbose explains each.")
	t.line("")
}

// labels is the width of the column that labels stand in.
const labels = 11

// section writes a label and, beside it, the text; below it where the terminal
// is narrow or the text must keep its columns.
func (t *terminal) section(s section, indent int) {
	margin := strings.Repeat(" ", indent)
	label := s.Label + ":"
	below := t.width < 50 || len(label) >= labels || s.Form == picture || s.Form == output || s.Form == turns
	if s.More {
		label = s.Label + " (the end of it):"
	}
	column := indent + labels
	if below {
		column = indent + 2
		t.line(margin + t.as(bold, label))
	}
	set := t.set(s, t.width-column)
	for i, line := range set {
		lead := strings.Repeat(" ", column)
		if i == 0 && !below {
			lead = margin + t.as(bold, label) + strings.Repeat(" ", labels-columns(label))
		}
		t.line(lead + line)
	}
}

// set breaks a section's text into lines of at most width columns.
func (t *terminal) set(s section, width int) []string {
	var set []string
	switch s.Form {
	case picture:
		return s.Lines // broken lines would be another picture
	case turns:
		return lines(s.Turns.Text(width))
	case command:
		return s.Lines // it is to be pasted
	case output:
		bar := t.bar()
		for _, line := range s.Lines {
			line = shorten(strings.ReplaceAll(line, "\t", "    "), max(4*width, 160))
			for _, part := range wrapHard(line, width-2) {
				set = append(set, t.as(dim, bar)+" "+part)
			}
		}
		return set
	case steps, items:
		for _, text := range s.Lines {
			for i, line := range wrap(text, width-2) {
				switch {
				case len(s.Lines) == 1:
				case i == 0:
					line = t.dot() + " " + line
				default:
					line = "  " + line
				}
				set = append(set, line)
			}
		}
		return set
	}
	for _, text := range s.Lines {
		set = append(set, wrap(text, width)...)
	}
	for _, line := range wrap(s.Aside, width) {
		set = append(set, t.as(dim, line))
	}
	return set
}

// text writes wrapped text with an indentation.
func (t *terminal) text(indent, text string) {
	for _, line := range wrap(text, t.width-len(indent)) {
		t.line(indent + line)
	}
}

// bullet writes text behind a mark, indented, its other lines under its first.
func (t *terminal) bullet(mark, text string) {
	for i, line := range wrap(text, t.width-2-columns(mark)) {
		if i > 0 {
			mark = strings.Repeat(" ", columns(mark))
		}
		t.line("  " + mark + line)
	}
}

// line writes a line. In a GitHub workflow's log, a line that begins with two
// colons is a command, and ##[ is one anywhere: what a subject printed must not
// become one.
func (t *terminal) line(line string) {
	if rest := strings.TrimLeft(line, " "); strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\` + rest
	}
	line = strings.ReplaceAll(line, "##[", `##\[`)
	if t.ASCII {
		line = toASCII(line)
	}
	_, _ = t.out.WriteString(line + "\n") // Flush returns the first error
}

func (t *terminal) mark(v Verdict) string {
	if t.ASCII {
		return asciiMark(v)
	}
	return Mark(v)
}

// cut leaves out the end of a line that is too long.
func (t *terminal) cut(line string, width int) string {
	return cells.Truncate(line, max(width, 8), t.choose("…", ">"))
}

func (t *terminal) bar() string { return t.choose("│", "|") }
func (t *terminal) dot() string { return t.choose("·", "-") }

func (t *terminal) choose(utf8, ascii string) string {
	if t.ASCII {
		return ascii
	}
	return utf8
}

// toASCII spells out what a terminal without UTF-8 cannot show.
func toASCII(line string) string {
	var b strings.Builder
	for _, c := range line {
		if c < 0x80 {
			b.WriteRune(c)
		} else if near, ok := nearASCII[c]; ok {
			b.WriteString(near)
		} else {
			b.WriteString(escape(c))
		}
	}
	return b.String()
}

// nearASCII spells the signs that the kit's own texts use.
var nearASCII = map[rune]string{
	'–': "-", '—': "-", '−': "-", '…': "...", '→': "->", '←': "<-", '·': "-", '×': "x", '≤': "<=", '≥': ">=", '≠': "!=",
	'≈': "~", '§': "sec. ", '‘': "'", '’': "'", '“': `"`, '”': `"`, '│': "|", '─': "-", '✓': "+", '✗': "x", 'µ': "u",
	'├': "|", '┤': "|", '┼': "+", '┌': "+", '┐': "+", '└': "+", '┘': "+", '┬': "+", '┴': "+", '█': "#", '▌': "#", '▐': "#",
}
