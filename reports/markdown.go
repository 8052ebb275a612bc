package reports

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
)

// GitHub drops a step summary of more than 1 MiB. It counts all of a step's,
// and so leaves room for others.
const maxMarkdown = 512 << 10

// Markdown writes the record for a GitHub step summary or a comment: what came
// out, a table by family, and each failure to be unfolded. What a subject may
// have had a hand in is spelt in entities, or stands where Markdown is not read.
func Markdown(w io.Writer, r *Record) error {
	m := &markdown{out: bufio.NewWriter(w)}
	m.head(r)
	m.table(r)
	m.measured(r)
	m.failures(r)
	m.facts(r)
	return m.out.Flush()
}

type markdown struct {
	out     *bufio.Writer
	written int
}

func (m *markdown) printf(format string, args ...any) {
	n, _ := fmt.Fprintf(m.out, format, args...) // Flush returns the first error
	m.written += n
}

// inline makes text safe outside a block of its own.
func inline(text string, limit int) string { return entities.Replace(oneLine(text, limit)) }

// entities spells what HTML and Markdown read, and what GitHub makes links of:
// an @ would notify a user.
var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "`", "&#96;",
	"*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;", "|", "&#124;", "~", "&#126;", `\`, "&#92;", "@", "&#64;",
	"#", "&#35;", "!", "&#33;", "$", "&#36;", "://", "&#58;//", "www.", "www&#46;")

// pre sets text as it is. Between the tags Markdown is not read, empty lines
// included, as long as <pre> begins a block.
func (m *markdown) pre(text string) {
	m.printf("<pre>\n%s\n</pre>\n\n", html.EscapeString(strings.TrimRight(text, "\n")))
}

func (m *markdown) head(r *Record) {
	s := r.Header.Subject
	m.printf("## %s %s\n\n", r.mark(), inline(strings.TrimSpace(s.Name+" "+s.Version), 300))
	m.printf("**%s**\n\n", inline(r.Headline(), 2000))
	if problem := r.problem(); problem != "" {
		m.pre(clip(problem, 8<<10))
	}
	missing := r.Header.missing()
	if len(missing) == 0 {
		return
	}
	m.printf("> [!WARNING]\n> This host lacks:\n")
	for _, c := range missing {
		text := inline(c.Name, 80)
		if c.Reason != "" {
			text += " (" + inline(c.Reason, 400) + ")"
		}
		m.printf("> - %s: %s\n", text, inline(c.meaning(), 400))
	}
	m.printf("\n")
}

// mark gives the run's own mark.
func (r *Record) mark() string {
	switch r.Exit(false) {
	case ExitPass:
		return Mark(Pass)
	case ExitInconclusive, ExitKnown:
		return Mark(Inconclusive)
	}
	return Mark(Fail)
}

func (m *markdown) table(r *Record) {
	m.printf("| Family | Hold | Fell short | Open | Not asked |\n|:--|--:|:--|:--|--:|\n")
	var silent []string
	for _, g := range r.groups() {
		if !g.judged() {
			silent = append(silent, inline(g.ID, 40))
			continue
		}
		counts := g.counts()
		var short, open []string
		asked := 0
		for _, v := range Verdicts {
			n := counts[v]
			if n == 0 {
				continue
			}
			text := fmt.Sprintf("%d %s", n, v)
			switch {
			case !v.judged():
				asked += n
			case v == Pass:
			case v == Skipped || v == Inconclusive || v == KnownFail:
				open = append(open, text)
			default:
				short = append(short, text)
			}
		}
		title := "<b>" + inline(g.ID, 40) + "</b>"
		if g.Title != "" {
			title += " " + inline(g.Title, 120)
		}
		m.printf("| %s | %s | %s | %s | %s |\n", title, number(counts[Pass]), strings.Join(short, ", "), strings.Join(open, ", "), number(asked))
	}
	m.printf("\n")
	if len(silent) > 0 {
		m.printf("Not asked: %s.\n\n", strings.Join(silent, ", "))
	}
}

// measured writes a table of what was measured.
func (m *markdown) measured(r *Record) {
	all := r.measured()
	if len(all) == 0 {
		return
	}
	m.printf("| | Measured | Of | Claim | Median | Interval | Rounds | Can be claimed |\n|:--|:--|:--|:--|--:|:--|--:|--:|\n")
	for _, of := range all {
		cells := append([]string{Mark(of.Verdict), of.ID, of.what(), of.claim()}, of.cells()...)
		for i := range cells {
			cells[i] = inline(cells[i], 200)
		}
		m.printf("| %s |\n", strings.Join(cells, " | "))
	}
	m.printf("\n")
}

// number leaves a cell empty where there is nothing to count.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (m *markdown) failures(r *Record) {
	left := 0
	for _, s := range r.shortfallGroups() {
		result := s.Result
		if m.written > maxMarkdown {
			left += 1 + len(s.same)
			continue
		}
		m.printf("<details><summary>%s <b>%s</b> %s: %s</summary>\n", Mark(result.Verdict),
			html.EscapeString(oneLine(result.Requirement, 80)), html.EscapeString(result.Verdict.verb()),
			html.EscapeString(oneLine(firstOf(result.Message, Describe(result.Verdict)), 400)))
		m.printf("\n")
		m.pre(plain(result, limits{text: 2 << 10, output: 8 << 10, lines: 60}, 100))
		m.printf("</details>\n\n")
		if len(s.same) > 0 {
			text, ids := s.others()
			m.printf("%s %s: %s.\n\n", Mark(result.Verdict), text, inline(strings.Join(ids, ", "), 8<<10))
		}
	}
	if left > 0 {
		m.printf("%d more fell short; they are in the other reports.\n\n", left)
	}
}

func (m *markdown) facts(r *Record) {
	m.printf("<details><summary>The run</summary>\n<table>\n")
	for _, f := range r.Header.facts() {
		m.printf("<tr><td>%s</td><td>%s</td></tr>\n", html.EscapeString(f.Name), html.EscapeString(oneLine(f.Value, 1000)))
	}
	m.printf("</table>\n</details>\n")
}

func firstOf(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}
