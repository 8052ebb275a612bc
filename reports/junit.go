package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// The elements are those that the readers of Jenkins, GitLab and the
// publishers of GitHub Actions have in common; times are in seconds with a
// point, and every suite's counts are those of its cases.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr,omitempty"`
		Hostname   string          `xml:"hostname,attr,omitempty"`
		Properties []junitProperty `xml:"properties>property,omitempty"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Class     string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitProblem `xml:"failure"`
		Error     *junitProblem `xml:"error"`
		Skipped   *junitProblem `xml:"skipped"`
		SystemOut string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",cdata"`
	}
)

// JUnit writes the record as JUnit XML: a suite for each family, a case for
// each requirement. What fell short is a failure with its explanation as text;
// what could not be decided, and the kit's own faults, are errors; what was not
// looked at is skipped with the reason, and what was not claimed is left out. A run that did not end well is an error
// of its own.
func JUnit(w io.Writer, r *Record) error {
	all := junitSuites{Name: "ipckit " + oneLine(r.Header.Subject.Name, 200), Time: junitTime(total(r.Results))}
	for _, g := range r.groups() {
		s := r.junitSuite(oneLine(g.ID, 80))
		for i := range g.Results {
			if g.Results[i].Verdict != NotClaimed {
				s.add(r.junitCase(&g.Results[i]), g.Results[i].Seconds)
			}
		}
		if s.Tests > 0 {
			s.Time = junitTime(total(g.Results))
			all.add(s)
		}
	}
	if problem := r.problem(); problem != "" {
		s := r.junitSuite("run")
		s.Time = junitTime(0)
		s.add(junitCase{Name: "the run ends", Class: r.class("run"), Error: &junitProblem{
			Message: firstLine(problem), Type: string(KitError), Text: "\n" + clip(problem, 16<<10) + "\n",
		}}, 0)
		all.add(s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Record) junitSuite(name string) junitSuite {
	h := &r.Header
	s := junitSuite{Name: name, Hostname: oneLine(h.Host, 200)}
	if !h.Time.IsZero() {
		s.Timestamp = h.Time.UTC().Format("2006-01-02T15:04:05") // Jenkins takes no zone
	}
	for _, p := range h.facts() {
		s.Properties = append(s.Properties, junitProperty{p.Name, oneLine(p.Value, 1000)})
	}
	return s
}

func (r *Record) class(family string) string {
	subject := strings.ReplaceAll(oneLine(r.Header.Subject.Name, 200), ".", "-") // a dot is a package to readers
	return "ipckit." + subject + "." + family
}

func (r *Record) junitCase(result *Result) junitCase {
	v := result.Verdict
	c := junitCase{
		Name: oneLine(result.Requirement, 200), Class: r.class(oneLine(result.family(), 80)),
	}
	message := oneLine(result.Message, 1000)
	if message == "" {
		message = Describe(v)
	}
	problem := &junitProblem{Message: message, Type: string(v)}
	status := result.Exit(false)
	if status != ExitPass {
		problem.Text = "\n" + plain(result, limits{text: 8 << 10, output: 64 << 10, lines: 400}, 100)
	}
	switch {
	case v == Pass:
		c.SystemOut = strings.Join(append(visibleAll(checks(result), 400), result.figures()...), "\n")
	case status == ExitPass:
		c.Skipped = &junitProblem{Message: string(v) + ": " + message}
	case status == ExitKit, status == ExitInconclusive:
		c.Error = problem
	default:
		c.Failure = problem
	}
	return c
}

func (s *junitSuite) add(c junitCase, took float64) {
	c.Time = junitTime(took)
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (all *junitSuites) add(s junitSuite) {
	all.Suites = append(all.Suites, s)
	all.Tests += s.Tests
	all.Failures += s.Failures
	all.Errors += s.Errors
	all.Skipped += s.Skipped
}

func total(results []Result) (sum float64) {
	for _, r := range results {
		sum += r.Seconds
	}
	return sum
}

func junitTime(s float64) string { return fmt.Sprintf("%.3f", s) }

// problem says why the run is not to be believed as a whole, or nothing.
func (r *Record) problem() string {
	switch {
	case !r.Ended():
		return "The record has no footer: the run did not end, or was killed."
	case r.Footer.Interrupted:
		return "The run was interrupted before all checks had run."
	case r.Footer.Error != "":
		return r.Footer.Error
	case r.lost() > 0:
		return fmt.Sprintf("%d of %d %s left no result, which is a fault of the kit.", r.lost(), r.Header.Total, Plural(r.Header.Total, "check"))
	case r.Exit(false) == ExitUsage:
		return "Nothing was checked: " + r.Headline()
	}
	return ""
}

func visibleAll(texts []string, limit int) []string {
	var list []string
	for _, text := range texts {
		list = append(list, oneLine(text, limit))
	}
	return list
}

// timestamp writes a time for people, in UTC so that reports compare.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
