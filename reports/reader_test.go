package reports_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/reports"
)

const header = `{"header":{"format":1}}` + "\n"

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.jsonl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMistakes: each is an error with file, line and the word at fault.
func TestMistakes(t *testing.T) {
	pass := `{"requirement":"REG-SIZE","verdict":"pass"}` + "\n"
	for name, x := range map[string]struct{ text, line, word string }{
		"empty":               {"", "1", "empty"},
		"no header":           {pass, "1", "header"},
		"half a header":       {`{"header":{"for`, "1", "no JSON"},
		"format of nothing":   {`{"header":{}}` + "\n", "1", "format"},
		"second header":       {header + header, "2", "second header"},
		"garbage":             {header + pass + "garbage here\n", "3", `"garbage"`},
		"wrong type":          {header + `{"requirement":7}` + "\n", "2", `"requirement"`},
		"wrong key":           {header + `{"requirment":"REG-SIZE"}` + "\n", "2", "requirment"},
		"no id":               {header + `{"verdict":"pass"}` + "\n", "2", "id"},
		"no verdict":          {header + `{"requirement":"REG-SIZE"}` + "\n", "2", "REG-SIZE"},
		"unknown verdict":     {header + `{"requirement":"REG-SIZE","verdict":"passed"}` + "\n", "2", `"passed"`},
		"verdict of a check":  {header + `{"requirement":"REG-SIZE","verdict":"pass","checks":[{"kind":"race","verdict":"ok"}]}` + "\n", "2", `"ok"`},
		"two in one":          {header + `{"requirement":"REG-SIZE","verdict":"pass","footer":{}}` + "\n", "2", "one of"},
		"after the footer":    {header + `{"footer":{}}` + "\n" + pass, "3", "after the footer"},
		"of a newer format":   {`{"header":{"format":9,"kit":"3.1"}}` + "\n" + `{"requirement":"REG-SIZE","verdict":"shiny"}` + "\n", "2", "3.1"},
		"empty line":          {header + "\n" + pass, "2", "no JSON"},
		"an array":            {header + "[1,2]\n", "2", "array"},
		"a line that is null": {header + "null\n", "2", "null"},
	} {
		path := write(t, x.text)
		_, err := reports.Read(path)
		if err == nil || !strings.HasPrefix(err.Error(), path+":"+x.line+": ") || !strings.Contains(err.Error(), x.word) {
			t.Errorf("%s: %v; want %s:%s and %q", name, err, path, x.line, x.word)
		}
	}
	if _, err := reports.Read(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "report.jsonl") {
		t.Errorf("a missing file: %v", err)
	}
}

// TestCutOff: half a last line is left out and reported; a whole one that only
// lacks its newline is taken.
func TestCutOff(t *testing.T) {
	pass := `{"requirement":"REG-SIZE","verdict":"pass"}`
	for i := range len(pass) {
		r := read(t, write(t, header+pass[:i]))
		if r.Truncated != (i > 0) || len(r.Results) != 0 || r.Ended() {
			t.Errorf("after %d bytes: truncated %v, %d results", i, r.Truncated, len(r.Results))
		}
	}
	if r := read(t, write(t, header+pass)); r.Truncated || len(r.Results) != 1 {
		t.Errorf("without the newline: truncated %v, %d results", r.Truncated, len(r.Results))
	}
}

// TestMerge: the lines of a requirement become one.
func TestMerge(t *testing.T) {
	path, w := create(t, reports.Header{})
	check := func(kind string, v reports.Verdict) []reports.Check {
		return []reports.Check{{Kind: kind, Verdict: v}}
	}
	for _, r := range []reports.Result{
		{Requirement: "BUF-FIFO", Verdict: reports.Pass, Checks: check("behaviour", reports.Pass), Seconds: 1, Rule: "in order"},
		{Requirement: "BUF-FIFO", Verdict: reports.Fail, Checks: check("stress", reports.Fail), Seconds: 2, Seed: 7, Message: "lost",
			Evidence: &reports.Evidence{Saw: "lost"}},
		{Requirement: "BUF-FIFO", Verdict: reports.Fail, Checks: check("fault", reports.Fail), Seconds: 4, Seed: 8, Message: "lost again",
			Evidence: &reports.Evidence{Saw: "lost again"}},
		{Requirement: "BUF-FIFO", Verdict: reports.Crash, Checks: check("race", reports.Crash), Seconds: 8, Seed: 9, Message: "died",
			Evidence: &reports.Evidence{Saw: "died"}},
		{Requirement: "BUF-FIFO", Verdict: reports.NotChecked, Checks: check("performance", reports.NotChecked), Message: "no check yet"},
	} {
		if err := w.Result(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := read(t, path).Results
	want := []reports.Result{{
		Requirement: "BUF-FIFO", Verdict: reports.Crash, Seconds: 15, Seed: 9, Message: "died", Rule: "in order",
		Evidence: &reports.Evidence{Saw: "died"},
		Checks: []reports.Check{
			{Kind: "behaviour", Verdict: reports.Pass},
			{Kind: "stress", Verdict: reports.Fail, Note: "lost"},
			{Kind: "fault", Verdict: reports.Fail, Note: "lost again"},
			{Kind: "race", Verdict: reports.Crash},
			{Kind: "performance", Verdict: reports.NotChecked, Note: "no check yet"},
		},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestOrder: checks end in any order; they are shown in that of the header.
func TestOrder(t *testing.T) {
	path, w := create(t, reports.Header{Families: []reports.Family{
		{ID: "REG", Requirements: []string{"REG-A", "REG-B"}}, {ID: "BUF", Requirements: []string{"BUF-A"}},
	}})
	for _, id := range []string{"XYZ-B", "BUF-Z", "BUF-A", "REG-B", "XYZ-A", "REG-A"} {
		if err := w.Result(reports.Result{Requirement: id, Verdict: reports.Pass}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range read(t, path).Results {
		got = append(got, r.Requirement)
	}
	if want := "REG-A REG-B BUF-A BUF-Z XYZ-B XYZ-A"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// TestRoundTrip: what is written is read, whatever is in it.
func TestRoundTrip(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 14, 7, 0, time.UTC)
	h := reports.Header{
		Format: 1, Kit: "0.1.0", Suite: "0.1.0", Command: "ipckit check . <&>", Seed: 1<<64 - 1, Host: "h", Kernel: "k", Arch: "amd64",
		CPUs: 2, Go: "go1.26", Time: now, Total: 1, Selection: []string{"BUF-*"}, Claims: map[string]any{"subject": "x"},
		Subject:      reports.Subject{Name: "x", Version: "1", Language: "C", Way: "C", Path: ".", Profiles: []string{"region"}, Partial: []string{"region"}, Waived: []string{"region: lifetime: creator"}},
		Capabilities: []reports.Capability{{Name: "ptrace", Reason: "no", Means: "m"}},
		Families:     []reports.Family{{ID: "REG", Title: "Regions", Model: "m", Requirements: []string{"REG-SIZE"}}},
	}
	one := reports.Result{
		Requirement: "REG-SIZE", Verdict: reports.Timeout, Level: "core", Model: "m", Seconds: 0.25, Seed: 3, Message: "line\u2028\x00<&>\"\n",
		Rule: "r", Source: "s", Why: "w", Hint: "h", Repeat: "again", Checks: []reports.Check{{Kind: "stress", Profile: "p", Verdict: reports.Timeout, Seconds: 1, Note: "n"}},
		Evidence: &reports.Evidence{
			Did: []string{"a", "b"}, Saw: "s", Sure: "3 of 3", RuledOut: []string{"r"}, Step: "s", Left: []string{"l"}, Picture: "p", SVG: "<svg/>", Trace: "t",
			Blocked: []reports.Blocked{{Process: "p", Operation: "o", Seconds: 1.5, Where: "w"}},
			Output:  []reports.Output{{Process: "p", Stream: "stderr", Text: strings.Repeat("long line ", 200_000), Cut: true}},
		},
	}
	f := reports.Footer{Counts: map[reports.Verdict]int{reports.Timeout: 1}, Exit: 1, Headline: "x", Error: "e", Interrupted: true, Seconds: 2, Time: now}
	path, w := create(t, h)
	if err := errors.Join(w.Result(one), w.Footer(f), w.Close()); err != nil {
		t.Fatal(err)
	}
	got := read(t, path)
	want := &reports.Record{Path: path, Header: h, Results: []reports.Result{one}, Footer: &f}
	if !reflect.DeepEqual(got, want) {
		t.Error("what was read is not what was written")
	}
	var again struct {
		reports.Record
		Ended bool `json:"ended"`
		Exit  int  `json:"exit"`
	}
	if err := json.Unmarshal([]byte(render(t, got, reports.JSON)), &again); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&again.Record, want) || !again.Ended || again.Exit != reports.ExitInterrupted {
		t.Error("the JSON document does not hold the record")
	}
}

// TestLaterKeys: fields that a later version adds do no harm.
func TestLaterKeys(t *testing.T) {
	r := read(t, write(t, `{"header":{"format":2,"shiny":1}}`+"\n"+`{"requirement":"REG-SIZE","verdict":"pass","shiny":{}}`+"\n"+`{"footer":{"shiny":[]}}`+"\n"))
	if r.Exit(false) != reports.ExitPass {
		t.Errorf("exit status %d", r.Exit(false))
	}
}
