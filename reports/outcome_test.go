package reports_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// record makes a record that ended, with a core requirement for each verdict.
func record(verdicts ...reports.Verdict) *reports.Record {
	r := &reports.Record{Header: reports.Header{Subject: reports.Subject{Name: "x"}}, Footer: &reports.Footer{}}
	for i, v := range verdicts {
		r.Results = append(r.Results, reports.Result{
			Requirement: "BUF-" + string(rune('A'+i)), Level: "core", Verdict: v, Message: "message of " + string(v),
			Checks: []reports.Check{{Kind: "behaviour", Verdict: v}},
		})
	}
	return r
}

// TestRecordExit: the table of verdicts, for a record that also holds a pass.
func TestRecordExit(t *testing.T) {
	want := map[reports.Verdict]int{
		reports.Pass: 0, reports.Fail: 1, reports.Crash: 1, reports.Timeout: 1, reports.Leak: 1, reports.Flaky: 1, reports.Unobserved: 1,
		reports.Inconclusive: 2, reports.Skipped: 0, reports.NotClaimed: 0, reports.NotChecked: 0, reports.Excluded: 0,
		reports.KnownFail: 0, reports.KitError: 4, reports.KnownFixed: 5, reports.Expired: 5,
	}
	for _, v := range reports.Verdicts {
		strict := want[v]
		if v == reports.Skipped {
			strict = 2
		}
		r := record(reports.Pass, v)
		if got := r.Exit(false); got != want[v] {
			t.Errorf("%s: %d, want %d", v, got, want[v])
		}
		if got := r.Exit(true); got != strict {
			t.Errorf("%s, strict: %d, want %d", v, got, strict)
		}
	}
}

// TestWayOfEnding: how a run ended can only make its exit status worse.
func TestWayOfEnding(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*reports.Record)
		want   int
		says   string
	}{
		"whole":           {func(*reports.Record) {}, 0, "1 of 1 core requirement holds"},
		"no footer":       {func(r *reports.Record) { r.Footer = nil }, 4, "did not end"},
		"cut off":         {func(r *reports.Record) { r.Truncated = true }, 4, "did not end"},
		"interrupted":     {func(r *reports.Record) { r.Footer.Interrupted = true }, 130, "Interrupted"},
		"failed":          {func(r *reports.Record) { r.Footer.Error = "runner died\nstack" }, 4, "runner died"},
		"refused":         {func(r *reports.Record) { r.Footer.Error, r.Footer.Exit = "bad claims", 3 }, 3, "bad claims"},
		"a check lost":    {func(r *reports.Record) { r.Header.Total = 3 }, 4, "2 checks left no result"},
		"partial":         {func(r *reports.Record) { r.Header.Subject.Partial = []string{"mailbox"} }, 0, "partial: mailbox"},
		"waived":          {func(r *reports.Record) { r.Header.Subject.Waived = []string{"lock: handles: process"} }, 0, "(lock: handles: process)"},
		"known":           {func(r *reports.Record) { r.Results[0].Verdict = reports.KnownFail }, 0, "1 known to fall short"},
		"nothing":         {func(r *reports.Record) { r.Results = nil }, 3, "nothing was checked"},
		"nothing claimed": {func(r *reports.Record) { r.Results[0].Verdict = reports.NotClaimed }, 3, "nothing was checked"},
		"all skipped":     {func(r *reports.Record) { r.Results[0].Verdict = reports.Skipped }, 2, "nothing was decided"},
		"all open":        {func(r *reports.Record) { r.Results[0].Verdict = reports.Inconclusive }, 2, "nothing was decided"},
		"claimed footer":  {func(r *reports.Record) { r.Results[0].Verdict = reports.Fail; r.Footer.Headline = "all hold" }, 1, "BUF-A fails"},
	} {
		r := record(reports.Pass)
		x.change(r)
		if got := r.Exit(false); got != x.want {
			t.Errorf("%s: exit status %d, want %d", name, got, x.want)
		}
		if got := r.Headline(); !strings.Contains(got, x.says) {
			t.Errorf("%s: headline %q, want %q in it", name, got, x.says)
		}
	}
}

// TestUndecided: it matters where the requirement is core, or of no known
// level.
func TestUndecided(t *testing.T) {
	for level, want := range map[string]int{"core": 2, "": 2, "odd": 2, "extended": 0, "claim": 0} {
		r := record(reports.Pass, reports.Inconclusive)
		r.Results[1].Level = level
		if got := r.Exit(false); got != want {
			t.Errorf("level %q: %d, want %d", level, got, want)
		}
		if got := r.Exit(true); got != 2 {
			t.Errorf("level %q, strict: %d, want 2", level, got)
		}
	}
}

// TestLevels: the headline counts levels apart, and not what was not asked.
func TestLevels(t *testing.T) {
	r := record(reports.Pass, reports.Fail, reports.Pass, reports.Skipped, reports.NotClaimed, reports.NotChecked, reports.Excluded)
	r.Results[2].Level, r.Results[3].Level = "extended", "claim"
	want := "1 of 2 core requirements hold, 1 of 1 extended, 0 of 1 performance; BUF-B fails; 1 skipped"
	if got := r.Headline(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestHeadlineNamesTheWorst: three at most, the worst first.
func TestHeadlineNamesTheWorst(t *testing.T) {
	r := record(reports.Unobserved, reports.Fail, reports.Inconclusive, reports.Crash, reports.Timeout)
	want := "0 of 5 core requirements hold; BUF-D crashes, BUF-B fails, BUF-E hangs, 2 more"
	if got := r.Headline(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCounts(t *testing.T) {
	counts := record(reports.Pass, reports.Fail, reports.Pass).Counts()
	if len(counts) != 2 || counts[reports.Pass] != 2 || counts[reports.Fail] != 1 {
		t.Errorf("%v", counts)
	}
}

// TestWords: every verdict has a mark of one column and a meaning of its own.
func TestWords(t *testing.T) {
	seen := map[string]reports.Verdict{}
	for _, v := range reports.Verdicts {
		if n := len([]rune(reports.Mark(v))); n != 1 {
			t.Errorf("the mark of %s has %d characters", v, n)
		}
		text := reports.Describe(v)
		if other, ok := seen[text]; ok || text == reports.Describe("no such") {
			t.Errorf("%s means %q, as does %q", v, text, other)
		}
		seen[text] = v
		if (reports.Mark(v) == "✓") != (v == reports.Pass) {
			t.Errorf("%s has the mark %s", v, reports.Mark(v))
		}
	}
}
