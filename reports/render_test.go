package reports_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

func render(t *testing.T, r *reports.Record, f func(io.Writer, *reports.Record) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func terminal(o reports.TerminalOptions) func(io.Writer, *reports.Record) error {
	return func(w io.Writer, r *reports.Record) error { return reports.Terminal(w, r, o) }
}

// TestEveryFormatSaysWhatFellShort: each requirement that fell short is named,
// with what was seen, in each form.
func TestEveryFormatSaysWhatFellShort(t *testing.T) {
	r := read(t, "testdata/sample.jsonl")
	forms := map[string]string{
		"terminal": render(t, r, terminal(reports.TerminalOptions{Width: 100})),
		"HTML":     render(t, r, reports.HTML),
		"Markdown": render(t, r, reports.Markdown),
		"JUnit":    render(t, r, reports.JUnit),
		"JSON":     render(t, r, reports.JSON),
	}
	short := 0
	for _, result := range r.Results {
		if result.Verdict.Exit(false) == reports.ExitPass {
			continue
		}
		short++
		for name, text := range forms {
			if !strings.Contains(text, result.Requirement) {
				t.Errorf("%s does not name %s (%s)", name, result.Requirement, result.Verdict)
			}
		}
	}
	if short < 5 {
		t.Fatalf("the sample has %d that fell short: too few to show anything", short)
	}
}

// TestJUnitFails: the consumer of JUnit sees a failure for each shortfall.
func TestJUnitFails(t *testing.T) {
	r := read(t, "testdata/sample.jsonl")
	type testcase struct {
		Name    string    `xml:"name,attr"`
		Failure *struct{} `xml:"failure"`
		Error   *struct{} `xml:"error"`
		Skipped *struct{} `xml:"skipped"`
	}
	var suites struct {
		Suites []struct {
			Cases []testcase `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(render(t, r, reports.JUnit)), &suites); err != nil {
		t.Fatal(err)
	}
	cases := map[string]testcase{}
	for _, s := range suites.Suites {
		for _, c := range s.Cases {
			for _, result := range r.Results {
				if strings.HasPrefix(c.Name, result.Requirement) {
					cases[result.Requirement] = c
				}
			}
		}
	}
	for _, result := range r.Results {
		c, ok := cases[result.Requirement]
		switch result.Verdict.Exit(false) {
		case reports.ExitFail:
			if !ok || c.Failure == nil {
				t.Errorf("%s (%s) has no failure", result.Requirement, result.Verdict)
			}
		case reports.ExitKit:
			if !ok || c.Error == nil {
				t.Errorf("%s (%s) has no error", result.Requirement, result.Verdict)
			}
		case reports.ExitPass:
			if ok && (c.Failure != nil || c.Error != nil) {
				t.Errorf("%s (%s) has a failure", result.Requirement, result.Verdict)
			}
		}
	}
}

// TestHostileText: what a subject prints can neither drive the terminal nor
// enter the page.
func TestHostileText(t *testing.T) {
	hostile := "\x1b[31mred\x1b]0;title\x07 <script>alert(1)</script> \u202ereversed \xff\xfe `code` | pipe ::error::x"
	path, w := create(t, reports.Header{Subject: reports.Subject{Name: hostile}})
	err := w.Result(reports.Result{
		Requirement: "BUF-FIFO", Verdict: reports.Fail, Message: hostile,
		Checks:   []reports.Check{{Kind: "behaviour", Verdict: reports.Fail}},
		Evidence: &reports.Evidence{Did: []string{hostile}, Saw: hostile, Output: []reports.Output{{Process: hostile, Stream: "stdout", Text: hostile}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Footer(reports.Footer{Exit: 1}); err != nil {
		t.Fatal(err)
	}
	r := read(t, path)
	for name, text := range map[string]string{
		"terminal": render(t, r, terminal(reports.TerminalOptions{})),
		"Markdown": render(t, r, reports.Markdown),
		"HTML":     render(t, r, reports.HTML),
		"JUnit":    render(t, r, reports.JUnit),
	} {
		for _, bad := range []string{"\x1b", "\x07", "\u202e", "\xff"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s lets %q through", name, bad)
			}
		}
		page := name == "HTML" || name == "Markdown" // JUnit quotes it as character data
		if page && strings.Contains(text, "<script>alert") {
			t.Errorf("%s lets a script through", name)
		}
	}
	for line := range strings.Lines(render(t, r, reports.Annotations)) {
		if strings.HasPrefix(line, "::") && !strings.HasPrefix(line, "::error ") {
			t.Errorf("an annotation that is none of ours: %q", line)
		}
	}
}

// TestPageIsSelfContained: the page fetches nothing.
func TestPageIsSelfContained(t *testing.T) {
	page := render(t, read(t, "testdata/sample.jsonl"), reports.HTML)
	page = strings.ReplaceAll(page, ` src="data:`, "") // a picture in the page itself
	for _, bad := range []string{"<link", " src=", "@import", "url(http", "fetch("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// TestNarrowTerminal: lines that can be broken are, whatever the width.
func TestNarrowTerminal(t *testing.T) {
	r := read(t, "testdata/sample.jsonl")
	for _, width := range []int{0, 24, 40, 200} {
		if text := render(t, r, terminal(reports.TerminalOptions{Width: width, Color: true, Verbose: true})); len(text) == 0 {
			t.Errorf("width %d: nothing", width)
		}
	}
	for _, c := range render(t, r, terminal(reports.TerminalOptions{ASCII: true})) {
		if c > 126 && c != '…' {
			t.Logf("beyond ASCII: %q", c)
		}
	}
}

func TestJSONIsOneDocument(t *testing.T) {
	if !json.Valid([]byte(render(t, read(t, "testdata/sample.jsonl"), reports.JSON))) {
		t.Error("not valid JSON")
	}
}

func TestDiff(t *testing.T) {
	record := func(verdicts map[string]reports.Verdict) *reports.Record {
		r := &reports.Record{}
		for id, v := range verdicts {
			r.Results = append(r.Results, reports.Result{Requirement: id, Verdict: v})
		}
		return r
	}
	changes := reports.Diff(
		record(map[string]reports.Verdict{"A-1": reports.Pass, "A-2": reports.Fail, "A-3": reports.Pass, "A-4": reports.Pass}),
		record(map[string]reports.Verdict{"A-1": reports.Fail, "A-2": reports.Pass, "A-3": reports.Pass}))
	worse := map[string]bool{}
	for _, c := range changes {
		worse[c.Requirement] = c.Worse()
	}
	if len(changes) != 3 || !worse["A-1"] || worse["A-2"] {
		t.Errorf("%+v", changes)
	}
}
