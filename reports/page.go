package reports

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// page is what the template shows. All of its strings are visible text.
type page struct {
	Policy       string
	Style        template.CSS
	Script       template.JS
	Name         string
	About        string
	Profiles     string
	Headline     string
	Tone         tone // of the run as a whole
	Mark         string
	Problem      string
	Bar          []segment // of what was put to the subject
	Judged       int
	BarText      string
	NotAsked     []segment
	Missing      []lack
	Attention    []card
	Measured     []measuredPart
	Families     []familyPart
	Filters      []filter
	Facts        []fact
	Claims       string
	Verdicts     []segment
	Began, Taken string
}

// tone is how a verdict is looked at: four is as many as a glance tells apart.
type tone string

const (
	held    tone = "held"
	short   tone = "short"
	open    tone = "open"    // not decided, or known
	unasked tone = "unasked" // not claimed, not checked
)

func (v Verdict) tone() tone {
	switch {
	case v == Pass:
		return held
	case !v.judged():
		return unasked
	}
	switch v {
	case Skipped, Inconclusive, KnownFail, KnownFixed, Expired:
		return open
	}
	return short
}

type segment struct {
	Verdict Verdict
	Tone    tone
	Mark    string
	N       int
	Means   string
}

type lack struct{ Name, Reason, Means string }

// card explains a requirement that fell short, and names those that did so for the
// same reason.
type card struct {
	requirementPart
	Verb     string
	Sections []cardSection
	Others   string // "17 more requirements fail for the same reason"
	Same     []link
}

// link leads to a requirement.
type link struct{ ID, Slug string }

type cardSection struct {
	section
	Image template.URL
}

type familyPart struct {
	ID, Title, Model string
	Counts           []segment
	Bar              []segment
	Judged, Held     int
	Requirements     []requirementPart
}

type requirementPart struct {
	ID, Slug                string
	Verdict                 Verdict
	Tone                    tone
	Mark, Means             string
	Level                   string
	Message                 string
	Rule, Source, Why, Hint string
	Checks                  []checkPart
	Repeat, Taken           string
	Explained               string // slug of the card that explains it; "" where none does
}

type checkPart struct {
	Kind, Profile, Note, Taken string
	Verdict                    Verdict
	Tone                       tone
	Mark                       string
}

// filter is a choice of what the list of requirements shows.
type filter struct {
	ID, Label string
	N         int
	Chosen    bool
}

func newPage(r *Record) *page {
	h := &r.Header
	p := &page{
		Policy: policy(), Style: template.CSS(pageStyle + plotStyle), Script: template.JS(pageScript),
		Name:  cmp.Or(strings.TrimSpace(oneLine(h.Subject.Name, 200)+" "+oneLine(h.Subject.Version, 80)), "unnamed subject"),
		About: oneLine(h.Subject.about(), 200), Profiles: h.Subject.claimed(),
		Headline: clip(r.Headline(), 2000), Mark: r.mark(), Tone: r.tone(),
		Problem: strings.TrimSpace(clip(r.problem(), 16<<10)),
		Claims:  claims(h.Claims), Began: timestamp(h.Time),
	}
	if r.Footer != nil {
		p.Taken = seconds(r.Footer.Seconds)
	}
	p.count(r)
	for _, c := range h.missing() {
		p.Missing = append(p.Missing, lack{oneLine(c.Name, 80), oneLine(c.Reason, 400), oneLine(c.meaning(), 400)})
	}
	explained := map[string]string{} // where each that fell short is explained
	for _, s := range r.shortfallGroups() {
		c := newCard(s)
		p.Attention = append(p.Attention, c)
		explained[c.ID] = c.Slug
		for _, o := range c.Same {
			explained[o.ID] = c.Slug
		}
	}
	for i, m := range r.measured() {
		p.Measured = append(p.Measured, newMeasuredPart(m, i+1))
	}
	for _, g := range r.groups() {
		p.Families = append(p.Families, newFamilyPart(&g, explained))
	}
	for _, f := range h.facts() {
		p.Facts = append(p.Facts, fact{f.Name, clip(f.Value, 2000)})
	}
	for _, v := range byStanding {
		p.Verdicts = append(p.Verdicts, newSegment(v, 0))
	}
	return p
}

// tone says how the run as a whole is looked at.
func (r *Record) tone() tone {
	switch r.Exit(false) {
	case ExitPass:
		return held
	case ExitInconclusive, ExitKnown:
		return open
	}
	return short
}

// count fills in the bar and the filters.
func (p *page) count(r *Record) {
	var parts []string
	tones := map[tone]int{}
	attention := 0
	for _, s := range segments(r.Counts()) {
		tones[s.Tone] += s.N
		if s.Verdict.Exit(false) != ExitPass {
			attention += s.N
		}
		if s.Tone == unasked {
			p.NotAsked = append(p.NotAsked, s)
			continue
		}
		p.Bar = append(p.Bar, s)
		p.Judged += s.N
		parts = append(parts, fmt.Sprintf("%d %s", s.N, s.Verdict))
	}
	p.BarText = strings.Join(parts, ", ")
	p.Filters = []filter{
		{"checked", "Checked", p.Judged, p.Judged > 0},
		{"short", "Fell short", tones[short], false},
		{"open", "Open", tones[open], false},
		{"held", "Held", tones[held], false},
		{"unasked", "Not checked", tones[unasked], false},
		{"all", "All", len(r.Results), p.Judged == 0},
	}
}

func segments(counts map[Verdict]int) []segment {
	var list []segment
	for _, v := range byStanding {
		if n := counts[v]; n > 0 {
			list = append(list, newSegment(v, n))
		}
	}
	return list
}

func newSegment(v Verdict, n int) segment {
	return segment{Verdict: v, Tone: v.tone(), Mark: Mark(v), N: n, Means: Describe(v)}
}

func newFamilyPart(g *group, explained map[string]string) familyPart {
	f := familyPart{ID: oneLine(g.ID, 40), Title: oneLine(g.Title, 200), Model: oneLine(g.Model, 80), Counts: segments(g.counts())}
	for _, s := range f.Counts {
		if s.Tone != unasked {
			f.Bar = append(f.Bar, s)
			f.Judged += s.N
		}
		if s.Tone == held {
			f.Held += s.N
		}
	}
	for i := range g.Results {
		q := newRequirementPart(&g.Results[i])
		q.Explained = explained[q.ID]
		f.Requirements = append(f.Requirements, q)
	}
	return f
}

func newRequirementPart(r *Result) requirementPart {
	q := requirementPart{
		ID: oneLine(r.Requirement, 120), Slug: slug(r.Requirement),
		Verdict: r.Verdict, Tone: r.Verdict.tone(), Mark: Mark(r.Verdict), Means: Describe(r.Verdict),
		Level: oneLine(r.Level, 40), Message: oneLine(r.Message, 1000),
		Rule: oneLine(r.Rule, 2000), Source: oneLine(r.Source, 2000), Why: oneLine(r.Why, 2000), Hint: oneLine(r.Hint, 2000),
		Repeat: oneLine(r.Repeat, 2000),
	}
	if r.Verdict.judged() {
		q.Taken = seconds(r.Seconds)
	}
	for _, c := range r.Checks {
		part := checkPart{
			Kind: oneLine(c.Kind, 80), Profile: oneLine(c.Profile, 80), Note: oneLine(c.note(), 1000),
			Verdict: c.Verdict, Tone: c.Verdict.tone(), Mark: Mark(c.Verdict),
		}
		if c.Verdict.judged() {
			part.Taken = seconds(c.Seconds)
		}
		q.Checks = append(q.Checks, part)
	}
	slices.SortStableFunc(q.Checks, func(a, b checkPart) int { return cmp.Compare(a.notRun(), b.notRun()) })
	return q
}

// Columns reports whether text has lines that are likely to be compared, as
// "put" above "got" is.
func (*page) Columns(text string) bool { return strings.Contains(text, "\n") }

func newCard(s shortfall) card {
	c := card{requirementPart: newRequirementPart(s.Result), Verb: s.Verdict.verb()}
	for _, part := range explain(s.Result, limits{text: 8 << 10, output: 32 << 10, lines: 400}) {
		c.Sections = append(c.Sections, cardSection{part, svgImage(part.SVG)})
	}
	if len(s.same) > 0 {
		c.Others, _ = s.others()
	}
	for _, o := range s.same {
		c.Same = append(c.Same, link{oneLine(o.Requirement, 120), slug(o.Requirement)})
	}
	return c
}

func (c checkPart) notRun() int {
	if c.Tone == unasked {
		return 1
	}
	return 0
}

// slug makes a name for links of an id, which has this form anyway.
func slug(id string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.':
			return c
		}
		return '_'
	}, id)
}

// claims shows what the author claims, as it was given.
func claims(given any) string {
	if given == nil {
		return ""
	}
	text, err := json.MarshalIndent(given, "", "  ")
	if err != nil {
		return "" // it came from JSON
	}
	return clip(string(text), 32<<10)
}
