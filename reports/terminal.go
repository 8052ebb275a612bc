package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// TerminalOptions say what a terminal can show and what its reader wants.
type TerminalOptions struct {
	Color   bool     // ANSI colours; the caller respects NO_COLOR and dumb terminals
	ASCII   bool     // no marks and lines beyond ASCII
	Width   int      // columns; 0 is 80
	Verbose bool     // every requirement, and more of what was printed
	Files   []string // what else was written, to be named at the end
}

// Terminal writes a record for a reader at a terminal: what the host lacks and
// what that means, a line for each family, what fell short with its explanation,
// totals, and what came out in a line, which is the last thing to be seen.
func Terminal(w io.Writer, r *Record, o TerminalOptions) error {
	if o.Width <= 0 {
		o.Width = 80
	}
	out := bufio.NewWriter(w)
	t := &terminal{TerminalOptions: o, paint: paint(o.Color), out: out, width: max(o.Width, 24)}
	t.head(r)
	t.banner(r)
	t.families(r)
	t.shortfalls(r)
	t.measured(r)
	t.lists(r)
	t.summary(r)
	t.totals(r)
	return out.Flush()
}

type terminal struct {
	TerminalOptions
	paint
	out   *bufio.Writer
	width int
}

// head says what was checked, and by what.
func (t *terminal) head(r *Record) {
	s := r.Header.Subject
	title := oneLine(s.Name, 200)
	if s.Version != "" {
		title += " " + oneLine(s.Version, 80)
	}
	about := oneLine(s.about(), 80)
	if about != "" {
		about = " (" + about + ")"
	}
	t.line(t.as(bold, title) + about + t.as(dim, "  ipckit "+oneLine(r.Header.Kit, 80)))
	if profiles := s.claimed(); profiles != "" {
		t.text("", profiles)
	}
	t.line("")
}

// about says what sort of thing the subject is: "C", "executable, Python".
func (s *Subject) about() string {
	if s.Way == s.Language || strings.HasPrefix(s.Way, s.Language+" ") {
		return s.Way
	}
	return strings.Join(notEmpty(s.Way, s.Language), ", ")
}

// claimed lists the profiles, with those that are claimed in part.
func (s *Subject) claimed() string {
	var list []string
	for _, p := range s.Profiles {
		p = oneLine(p, 80)
		for _, part := range s.Partial {
			if part == p {
				p += " (partial)"
			}
		}
		list = append(list, p)
	}
	return strings.Join(list, ", ")
}

// banner says what the host lacks and what that means for the rest.
func (t *terminal) banner(r *Record) {
	missing := r.Header.missing()
	if len(missing) == 0 {
		return
	}
	t.line(t.as(yellow, "! This host lacks:"))
	for _, c := range missing {
		text := oneLine(c.Name, 80)
		if c.Reason != "" {
			text += ": " + oneLine(c.Reason, 400)
		}
		t.bullet("- ", text)
		t.text("    ", "so "+oneLine(c.meaning(), 400))
	}
	t.line("")
}

// families writes a line for each family, with its requirements where the reader
// wants them all.
func (t *terminal) families(r *Record) {
	groups := r.groups()
	wide := 0
	for _, g := range groups {
		wide = max(wide, columns(oneLine(g.ID, 20)))
	}
	var silent []group // nothing of these was claimed
	for i, g := range groups {
		if !g.judged() {
			silent = append(silent, g)
			continue
		}
		if t.Verbose && i > 0 {
			t.line("")
		}
		t.family(&g, wide)
		if t.Verbose {
			t.requirements(g.Results)
		}
	}
	t.silent(silent)
	if len(groups) > 0 {
		t.line("")
	}
}

// shortfalls explains what fell short: of those that did so for the same reason
// the first, or each where the reader wants them all.
func (t *terminal) shortfalls(r *Record) {
	if parts := r.unwrittenParts(); parts != nil && !t.Verbose {
		t.start(parts)
		return
	}
	for _, s := range r.shortfallGroups() {
		t.failure(s.Result)
		if len(s.same) == 0 {
			continue
		}
		if !t.Verbose {
			t.others(s)
			continue
		}
		for _, other := range s.same {
			t.failure(other)
		}
	}
}

func (g *group) judged() bool {
	for _, r := range g.Results {
		if r.Verdict.judged() {
			return true
		}
	}
	return false
}

// family writes "BUF  ✓ 17  ✗ 1 fail  – 2 skipped".
func (t *terminal) family(g *group, wide int) {
	label := pad(oneLine(g.ID, 20), wide) + "  "
	t.counts(t.as(bold, label), columns(label), g.counts())
}

// counts writes as many verdicts on a line as there is room for.
func (t *terminal) counts(label string, indent int, counts map[Verdict]int) {
	line, used := label, indent
	for _, v := range byStanding {
		n := counts[v]
		if n == 0 {
			continue
		}
		text := fmt.Sprintf("%s %d", t.mark(v), n)
		if v != Pass || label == "" {
			text += " " + string(v)
		}
		if used > indent && used+columns(text) > t.width {
			t.line(trimRight(line))
			line, used = strings.Repeat(" ", indent), indent
		}
		line += t.as(colour(v), text) + "  "
		used += columns(text) + 2
	}
	t.line(trimRight(line))
}

// byStanding is the order in which counts are read: what holds, what falls
// short, what is open.
var byStanding = append([]Verdict{Pass}, without(Verdicts, Pass)...)

func without(list []Verdict, out Verdict) []Verdict {
	var rest []Verdict
	for _, v := range list {
		if v != out {
			rest = append(rest, v)
		}
	}
	return rest
}

// silent names families of which nothing was claimed in one line.
func (t *terminal) silent(groups []group) {
	if len(groups) == 0 {
		return
	}
	var ids []string
	counts := map[Verdict]int{}
	for _, g := range groups {
		ids = append(ids, oneLine(g.ID, 20))
		for v, n := range g.counts() {
			counts[v] += n
		}
	}
	var parts []string
	for _, v := range Verdicts {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	for _, line := range wrap(strings.Join(ids, ", ")+": "+strings.Join(parts, ", "), t.width) {
		t.line(t.as(dim, line))
	}
}

// start says of a skeleton what to write first.
func (t *terminal) start(parts []string) {
	t.line(t.as(bold, "Not written yet, so nothing else can be judged:"))
	for _, part := range parts {
		t.bullet(t.mark(Fail)+" ", part)
	}
	t.text("", "The comment of each in the skeleton says what it must do. A good order: create and open, "+
		"then the operations without waiting, then waiting, then what detaches and removes. Check again after each.")
	t.line("")
}

// requirements writes a line for each that was claimed, and one for all others:
// they would bury it.
func (t *terminal) requirements(results []Result) {
	var unclaimed []string
	for i := range results {
		if results[i].Verdict == NotClaimed {
			unclaimed = append(unclaimed, oneLine(results[i].Requirement, 80))
			continue
		}
		t.requirement(&results[i])
	}
	if len(unclaimed) > 0 {
		t.bullet(t.mark(NotClaimed)+" ", "not claimed: "+strings.Join(unclaimed, ", "))
	}
}

// requirement writes one line, for readers who want them all.
func (t *terminal) requirement(r *Result) {
	text := oneLine(r.Requirement, 80)
	if r.Verdict != Pass {
		text += " " + string(r.Verdict)
	}
	if r.Verdict.judged() {
		text += "  " + t.as(dim, seconds(r.Seconds))
	}
	t.line("  " + t.as(colour(r.Verdict), t.mark(r.Verdict)) + " " + text)
	for _, c := range r.Checks {
		if c.Note != "" && c.Verdict.judged() {
			t.text("      ", oneLine(c.say(), 400))
		}
	}
}

// lists names what did not fall short and yet did not simply hold, with the
// reasons, each of which is given once.
func (t *terminal) lists(r *Record) {
	for _, l := range []struct {
		verdict Verdict
		title   string
	}{
		{Skipped, "Skipped, each for the reason given:"},
		{KnownFail, "Known to fall short:"},
		{Excluded, "Not claimed of a profile that is claimed in part:"},
	} {
		var reasons []string
		ids := map[string][]string{}
		for _, result := range r.Results {
			if result.Verdict == l.verdict {
				reason := oneLine(result.Message, 400)
				if ids[reason] == nil {
					reasons = append(reasons, reason)
				}
				ids[reason] = append(ids[reason], oneLine(result.Requirement, 80))
			}
		}
		if len(reasons) == 0 {
			continue
		}
		t.line(t.as(colour(l.verdict), l.title))
		for _, reason := range reasons {
			text := strings.Join(ids[reason], ", ")
			if reason != "" && l.verdict != Excluded {
				text += ": " + reason
			}
			t.bullet(t.mark(l.verdict)+" ", text)
		}
		t.line("")
	}
}

// summary lists what fell short in a line for each reason, where there is more of
// it than the headline names: the explanations may have scrolled away.
func (t *terminal) summary(r *Record) {
	list := r.shortfallGroups()
	n, wide := 0, 0
	labels := make([]string, len(list))
	for i, s := range list {
		labels[i] = oneLine(s.Requirement, 80)
		if len(s.same) > 0 {
			labels[i] += fmt.Sprintf(" and %d more", len(s.same))
		}
		n += 1 + len(s.same)
		wide = max(wide, columns(labels[i]))
	}
	if n <= named || r.unwrittenParts() != nil {
		return
	}
	t.line(t.as(bold, "In short:"))
	for i, s := range list {
		verb := s.Verdict.verb()
		if len(s.same) > 0 && s.Verdict == s.same[len(s.same)-1].Verdict { // the last is the least telling
			verb = s.Verdict.verbOfMany()
		}
		text := pad(labels[i], wide) + "  " + verb
		if s.Message != "" {
			text += ": " + oneLine(s.Message, 400)
		}
		t.line("  " + t.as(colour(s.Verdict), t.mark(s.Verdict)) + " " + t.cut(text, t.width-4))
	}
	t.line("")
}

// totals writes what came out.
func (t *terminal) totals(r *Record) {
	if f := r.Footer; f != nil && f.Error != "" {
		t.line(t.as(red, "The run ended early:"))
		t.text("  ", clip(f.Error, 4000))
		t.line("")
	}
	if r.Truncated {
		t.text("", "The last line of the record was cut off, and is left out.")
		t.line("")
	}
	t.counts("", 0, r.Counts())
	facts := []string{fmt.Sprintf("seed %d", r.Header.Seed)}
	if r.Footer != nil {
		facts = append([]string{seconds(r.Footer.Seconds)}, facts...)
	}
	t.line(t.as(dim, strings.Join(facts, ", ")))
	if omitted := r.Header.omitted(); omitted != "" {
		for _, line := range wrap("not run: "+oneLine(omitted, 1000), t.width) {
			t.line(t.as(dim, line))
		}
	}
	mark, ink := Pass, green
	switch r.Exit(false) {
	case ExitPass:
	case ExitInconclusive, ExitKnown:
		mark, ink = Inconclusive, yellow
	default:
		mark, ink = Fail, red
	}
	for i, line := range wrap(r.Headline(), t.width-2) {
		if i == 0 {
			line = t.mark(mark) + " " + line
		} else {
			line = "  " + line
		}
		t.line(t.as(bold+";"+ink, line))
	}
	for i, file := range t.Files {
		if i == 0 {
			t.line("")
		}
		t.line(oneLine(file, 4096))
	}
}

func notEmpty(texts ...string) []string {
	var list []string
	for _, text := range texts {
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}
