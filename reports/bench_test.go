package reports_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/reports"
)

// sideBySide is a bench of two and a limit.
func sideBySide() *reports.Bench {
	return &reports.Bench{
		Format: reports.BenchFormat, Kit: "0.2.0", Processor: "Model 1", CPUs: 2, Time: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC), Seconds: 61, Rounds: 3,
		Left: []reports.Left{{Name: "spinner link", Why: "needs 2 free processors; measured efficiency 0.07"}},
		Counts: []reports.Count{
			{Title: "calls/message", Unit: "calls/message", Name: "slow link", Value: 2.1, Most: 2.2, Promise: "{requirement: PERF-SYSCALLS, at_most: 2.2, unit: calls/message}"},
			{Title: "bytes/object", Unit: "bytes/object", Name: "quick <b>link</b>", Value: 4096, Most: 4096},
		},
		Rows: []reports.Row{
			{Title: "latency, 8 B", Size: 8, Trip: true,
				Cells: []reports.Cell{
					{Name: "slow link", Costs: []float64{2000, 0, 2400}, Cost: 2200, OfBest: &reports.Times{Ratio: 11, Low: 9}, OfLimit: &reports.Times{Ratio: 22}},
					{Name: "quick <b>link</b>", Costs: []float64{190, 200, 210}, Cost: 200, Low: 190, High: 210, OfLimit: &reports.Times{Ratio: 2, Low: 1.9, High: 2.1},
						Promise: []string{"{requirement: PERF-LATENCY, of: link, size: 8, at_least: 9, against: slow}"}},
				},
				Limit: &reports.Cell{Name: "limit.line", Costs: []float64{100, 100, 100}, Cost: 100}},
			{Title: "bandwidth, 64 KiB", Size: 65536, Cells: []reports.Cell{{Name: "slow link", Costs: []float64{32768}, Cost: 32768, Low: 16384, High: 65536}}},
			{Title: "throughput, 64 B", Size: 64, Cells: []reports.Cell{{Name: "slow link", Costs: []float64{500}, Cost: 500, High: 1000}}},
			{Title: "what none has", Size: 64},
		},
	}
}

func TestBenchTerminal(t *testing.T) {
	var b bytes.Buffer
	if err := reports.BenchTerminal(&b, sideBySide()); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"latency, 8 B           cost          interval  of best  of limit.line\n  quick <b>link</b>  200 ns  190 ns to 210 ns        1              2\n" +
			"  slow link          2.2 µs                         11             22\n  limit.line         100 ns                                         1\n",
		"2 GB/s  1 GB/s to 4 GB/s", "2 M/s  from 1 M/s", // as a rate, the highest cost is the least
		"counted              calls/message  bytes/object\n  slow link                    2.1             –\n  quick <b>link</b>              –          4096\n",
		"# slow link\nperformance:\n  - {requirement: PERF-SYSCALLS, at_most: 2.2, unit: calls/message}\n",
		"3 rounds in 61 s", "left out: spinner link: needs 2 free processors; measured efficiency 0.07",
		"# quick <b>link</b>\nperformance:\n  - {requirement: PERF-LATENCY, of: link, size: 8, at_least: 9, against: slow}\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Index(text, "quick") > strings.Index(text, "slow") || strings.Contains(text, "what none has") {
		t.Errorf("the best does not come first, or a row without figures is shown:\n%s", text)
	}
}

func TestBenchPage(t *testing.T) {
	var b bytes.Buffer
	if err := reports.BenchHTML(&b, sideBySide()); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Contains(page, "<b>link") || !strings.Contains(page, "quick &lt;b&gt;link") {
		t.Error("a name is not escaped")
	}
	for want, n := range map[string]int{"<svg": 3, "<circle": 0, "against: slow": 1} {
		if got := strings.Count(page, want); got < max(n, 1) {
			t.Errorf("the page has %q %d times, want %d", want, got, n)
		}
	}
	pictures := sideBySide().Pictures()
	if len(pictures) != 3 || !strings.HasPrefix(pictures[0].SVG, "<svg") {
		t.Errorf("%d pictures, want one for each row that has figures", len(pictures))
	}
}

// A saved bench is compared by ratios to the limit of its own run, on the same model
// of processor only, and what cannot be one is refused.
func TestBenchDiff(t *testing.T) {
	var saved, out bytes.Buffer
	if err := sideBySide().Save(&saved); err != nil {
		t.Fatal(err)
	}
	before, err := reports.ReadBench(&saved)
	if err != nil {
		t.Fatal(err)
	}
	after := sideBySide()
	after.Rows[0].Cells[1].OfLimit = &reports.Times{Ratio: 3}
	if err := reports.BenchDiff(&out, before, after); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"latency, 8 B: quick <b>link</b>", "2 (1.9 to 2.1)", "+50%", "+0%", "no verdict"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the comparison lacks %q:\n%s", want, out.String())
		}
	}
	after.Processor = "Model 2"
	if err := reports.BenchDiff(&out, before, after); err == nil || !strings.Contains(err.Error(), `"Model 2"`) {
		t.Errorf("another processor: %v", err)
	}
	after = sideBySide()
	after.Rows = after.Rows[1:]
	if err := reports.BenchDiff(&out, before, after); err == nil {
		t.Error("a comparison of nothing")
	}
	for text, want := range map[string]string{"{}": "no saved bench", "[": "no saved bench", `{"format": 99, "rows": [{}]}`: "later"} {
		if _, err := reports.ReadBench(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
