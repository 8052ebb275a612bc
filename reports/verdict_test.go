package reports_test

import (
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// TestExitStatus is the table of verdicts and exit statuses, as published.
func TestExitStatus(t *testing.T) {
	want := map[reports.Verdict][2]int{ // without and with strict
		reports.Pass: {0, 0}, reports.NotClaimed: {0, 0}, reports.NotChecked: {0, 0}, reports.Excluded: {0, 0}, reports.KnownFail: {0, 0},
		reports.Skipped: {0, 2}, reports.Inconclusive: {2, 2},
		reports.Fail: {1, 1}, reports.Crash: {1, 1}, reports.Timeout: {1, 1}, reports.Leak: {1, 1}, reports.Flaky: {1, 1}, reports.Unobserved: {1, 1},
		reports.KnownFixed: {5, 5}, reports.Expired: {5, 5}, reports.KitError: {4, 4},
		"nonsense": {4, 4},
	}
	for v, status := range want {
		if got := [2]int{v.Exit(false), v.Exit(true)}; got != status {
			t.Errorf("%s: %v, want %v", v, got, status)
		}
	}
	for _, v := range reports.Verdicts {
		if _, ok := want[v]; !ok {
			t.Errorf("%s is not in the table", v)
		}
	}
}

// TestWorstExit: 4, 3, 1, 5, 2, 0, in this order, an interruption above all.
func TestWorstExit(t *testing.T) {
	order := []int{130, 4, 3, 1, 5, 2, 0}
	for i, high := range order {
		for _, low := range order[i:] {
			if got := reports.WorstExit(low, high); got != high {
				t.Errorf("of %d and %d: %d", low, high, got)
			}
			if got := reports.WorstExit(high, low); got != high {
				t.Errorf("of %d and %d: %d", high, low, got)
			}
		}
	}
}

func TestWorst(t *testing.T) {
	for _, x := range []struct{ a, b, want reports.Verdict }{
		{"", reports.Pass, reports.Pass}, {reports.Pass, "", reports.Pass},
		{reports.Pass, reports.Fail, reports.Fail}, {reports.Crash, reports.Fail, reports.Crash},
		{reports.Skipped, reports.Pass, reports.Skipped}, {reports.Inconclusive, reports.Skipped, reports.Inconclusive},
		{reports.Pass, "nonsense", "nonsense"},
	} {
		if got := reports.Worst(x.a, x.b); got != x.want {
			t.Errorf("of %q and %q: %q, want %q", x.a, x.b, got, x.want)
		}
	}
}
