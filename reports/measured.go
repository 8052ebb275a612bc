package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The evidence, as an e-value, from which on a measured promise passes or fails.
const (
	EvidenceToPass = 100
	EvidenceToFail = 1000
)

// A measured is a figure of a record, with what it is of.
type measured struct {
	*Measure
	ID      string
	Verdict Verdict
}

// measured lists the figures of a record in its order.
func (r *Record) measured() (list []measured) {
	for i := range r.Results {
		for j := range r.Results[i].Checks {
			if c := &r.Results[i].Checks[j]; c.Measure != nil {
				list = append(list, measured{c.Measure, oneLine(r.Results[i].Requirement, 80), c.Verdict})
			}
		}
	}
	return list
}

// what says what was measured: "round trip of buffer.one-to-one, 64 B".
func (m *Measure) what() string {
	text := cmp.Or(oneLine(m.Figure, 80), "cost")
	if m.Of != "" {
		text += " of " + oneLine(m.Of, 40)
	}
	if m.Size > 0 {
		text += ", " + size(float64(m.Size))
	}
	if m.Pairs > 1 {
		text += fmt.Sprintf(", %d pairs", m.Pairs)
	}
	if m.Rate > 0 {
		text += ", " + figure(m.Rate) + "/s"
	}
	return text
}

// claim says what was promised, or against what it was measured.
func (m *Measure) claim() string {
	switch {
	case m.Claim != "":
		return oneLine(m.Claim, 200)
	case m.Baseline != "":
		return "against " + oneLine(m.Baseline, 80)
	}
	return "nothing is claimed"
}

// interval says which ratios the rounds leave possible.
func (m *Measure) interval() string {
	switch {
	case m.Low > 0 && m.High > 0:
		return figure(m.Low) + " to " + figure(m.High)
	case m.Low > 0:
		return figure(m.Low) + " or more"
	case m.High > 0:
		return figure(m.High) + " at most"
	}
	return "too few rounds for an interval"
}

// lines say what was claimed, what was measured and what that is evidence of, in
// two or three lines.
func (m *Measure) lines() []string {
	list := []string{m.what() + ": " + m.claim()}
	subject, baseline := m.costs()
	switch value := m.value(); {
	case len(m.Rounds) > 0:
		list = append(list, fmt.Sprintf("%s; %s, %s %s", value, quantity(subject, m.Unit), m.baseline(), quantity(baseline, m.Unit)))
		list = append(list, notEmpty(m.evidence())...)
	case value != "":
		list = append(list, "measured "+value)
	}
	if limits := m.ofLimits(); limits != "" {
		last := len(list) - 1
		list[last] += "; " + limits
	}
	return list
}

// value says what was measured, in a few words.
func (m *Measure) value() string {
	switch n := len(m.Rounds); {
	case n > 0:
		return fmt.Sprintf("%s times (%s) in %d %s", figure(m.Ratio), m.interval(), n, Plural(n, "round"))
	case m.Ratio > 0:
		return figure(m.Ratio) + " times"
	case m.Bound > 0 || m.Value > 0:
		return quantity(m.Value, m.Unit)
	}
	return ""
}

// cells are the columns of a table: median, interval, rounds, and what can be
// claimed; of a bound the value alone.
func (m *Measure) cells() []string {
	cells := []string{m.value(), "", "", ""}
	if n := len(m.Rounds); n > 0 {
		cells = []string{figure(m.Ratio), m.interval(), strconv.Itoa(n), ""}
	}
	if m.Supports > 0 {
		cells[3] = figure(m.Supports)
	}
	return cells
}

// figures are the lines of all that was measured for a requirement.
func (r *Result) figures() (list []string) {
	for i := range r.Checks {
		if c := &r.Checks[i]; c.Measure != nil {
			list = append(list, Mark(c.Verdict)+" "+strings.Join(c.Measure.lines(), "\n"))
		}
	}
	return list
}

// evidence says what the rounds weigh, and what could be claimed on them.
func (m *Measure) evidence() string {
	if m.EAgain >= EvidenceToPass {
		return fmt.Sprintf("the baseline differs from a copy of itself (evidence %s), so the rounds say nothing", weight(m.EAgain))
	}
	var parts []string
	if m.Claimed > 0 {
		parts = append(parts, fmt.Sprintf("evidence %s for it (%d passes), %s against it (%d fails)", weight(m.EPass), EvidenceToPass, weight(m.EFail), EvidenceToFail))
	}
	if m.Supports > 0 {
		parts = append(parts, "can be claimed: "+figure(m.Supports))
	}
	return strings.Join(parts, "; ")
}

// ofLimits compares the subject with what the machine allows, in the same unit.
func (m *Measure) ofLimits() string {
	subject, _ := m.costs()
	if len(m.Rounds) == 0 {
		subject = m.Value
	}
	var parts []string
	for _, l := range m.Limits[:min(len(m.Limits), 8)] {
		if l.Unit == m.Unit && l.Value > 0 && subject > 0 {
			parts = append(parts, fmt.Sprintf("%s times %s (%s)", figure(subject/l.Value), oneLine(l.Name, 40), quantity(l.Value, l.Unit)))
		}
	}
	return strings.Join(parts, ", ")
}

// costs are the medians over the rounds.
func (m *Measure) costs() (subject, baseline float64) {
	var s, b []float64
	for _, r := range m.Rounds {
		s, b = append(s, r.Subject), append(b, r.Baseline)
	}
	return median(s), median(b)
}

func median(values []float64) float64 {
	slices.Sort(values)
	if n := len(values); n > 0 {
		return (values[(n-1)/2] + values[n/2]) / 2
	}
	return 0
}

// figure writes a number with three digits.
func figure(v float64) string {
	switch {
	case v != 0 && math.Abs(v) < 1e-6, math.Abs(v) >= 1e7:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case math.Abs(v) >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// weight writes evidence, of which more than its size is not worth reading.
func weight(e float64) string {
	if e > 1e6 {
		return "more than a million"
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(e, 'g', 2, 64), 64)
	return figure(rounded)
}

// quantity writes a number with its unit: nanoseconds as what reads best.
func quantity(v float64, unit string) string {
	if unit != "ns" {
		return figure(v) + " " + oneLine(unit, 40)
	}
	units := []string{"ns", "µs", "ms", "s"}
	i := 0
	for ; i < len(units)-1 && v >= 999.5; i++ {
		v /= 1000
	}
	return figure(v) + " " + units[i]
}

// size writes bytes with the unit in which they are round.
func size(bytes float64) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	i := 0
	for ; i < len(units)-1 && bytes >= 1024; i++ {
		bytes /= 1024
	}
	return figure(bytes) + " " + units[i]
}
