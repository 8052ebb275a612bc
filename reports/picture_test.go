package reports

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wellFormed reads a picture as what shows it does.
func wellFormed(t *testing.T, name, svg string) {
	t.Helper()
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("%s has a place that is no number", name)
	}
}

// sample reads the record of measures, whose pictures the page's golden file holds.
func sample(t *testing.T) *Record {
	t.Helper()
	r, err := Read(filepath.Join("testdata", "golden", "measured.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPictures: each measure has its pictures as files, which need nothing else, are
// light or dark, and stay within their frame.
func TestPictures(t *testing.T) {
	var names []string
	place := regexp.MustCompile(`(?:c?[xy]|r)="(-?[0-9.]+)"`)
	for _, p := range sample(t).Pictures() {
		names = append(names, p.Name)
		wellFormed(t, p.Name, p.SVG)
		for _, part := range []string{`xmlns="http://www.w3.org/2000/svg"`, "prefers-color-scheme: dark", "@media print", `role="img" aria-label="`} {
			if !strings.Contains(p.SVG, part) {
				t.Errorf("%s lacks %s", p.Name, part)
			}
		}
		for _, m := range place.FindAllStringSubmatch(p.SVG, -1) {
			if v, _ := strconv.ParseFloat(m[1], 64); v < 0 || v > plotWidth {
				t.Errorf("%s: %s is outside", p.Name, m[0])
			}
		}
		if len(p.SVG) > 40<<10 {
			t.Errorf("%s has %d bytes", p.Name, len(p.SVG))
		}
	}
	want := []string{
		"PERF-LATENCY-1-rounds.svg", "PERF-LATENCY-2-rounds.svg", "PERF-THROUGHPUT-1-rounds.svg",
		"PERF-SIZES-1-rounds.svg", "PERF-SIZES-1-sizes.svg", "PERF-SCALE-1-rounds.svg", "PERF-SCALE-1-scaling.svg",
		"PERF-TAIL-1-rounds.svg", "PERF-TAIL-1-percentiles.svg",
	}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("pictures %v, want %v", names, want)
	}
}

// TestPictureShowsEachRound: a round is won above the claim and lost below it, and
// one in which the subject measured nothing is lost.
func TestPictureShowsEachRound(t *testing.T) {
	m := &Measure{Figure: "round trip", Unit: "ns", Baseline: "<pipe>", Claimed: 1.5, Ratio: 2, Low: 1.2,
		Rounds: []Round{{Subject: 10, Baseline: 20, Again: 21}, {Subject: 10, Baseline: 14}, {Subject: 0, Baseline: 20}}}
	svg := m.drawRounds().svg(false)
	_, marks, _ := strings.Cut(svg, "round</text>")
	for class, n := range map[string]int{"dot won": 1, "ring lost": 2, "speck soft": 1, "band s0": 1, "line claim dash": 1} {
		if got := strings.Count(marks, `class="`+class+`"`); got != n {
			t.Errorf("%s: %d times, want %d", class, got, n)
		}
	}
	if strings.Contains(svg, "<pipe>") || !strings.Contains(svg, "&lt;pipe&gt;") || !strings.Contains(svg, "interval 1.2 or more") {
		t.Errorf("the words are %s", svg)
	}
}

func TestCrossover(t *testing.T) {
	line := func(y ...float64) (points []Point) {
		for i, v := range y {
			points = append(points, Point{X: math.Pow(4, float64(i)), Y: v})
		}
		return points
	}
	for _, tt := range []struct {
		a, b []Point
		want float64
	}{
		{line(2, 2, 2, 2), line(1, 1, 4, 4), 8},                  // from twice above to half, in the middle between 4 and 16
		{line(2, 2, 2, 2), line(2, 4, 4, 4), 1},                  // equal at the first
		{line(2, 2, 2, 2), line(4, 4, 4, 4), 0},                  // everywhere
		{line(2, 2, 2, 2), line(4, 4, 1, 1), 0},                  // not at the largest
		{line(2, 2, 2, 2), line(4, 1, 4, 4), 8},                  // the last time counts
		{line(2, 2, 2), []Point{{X: 2, Y: 1}}, 0},                // nothing in common
		{line(2, 2, 2), []Point{{X: 1, Y: 1}, {X: 16, Y: 4}}, 4}, // what one of them lacks is passed over
	} {
		if got := crossover(tt.a, tt.b); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v and %v cross at %g, want %g", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestTicks: round numbers, in order, inside, neither too few nor too many.
func TestTicks(t *testing.T) {
	for _, low := range []float64{1e-6, 0.03, 0.97, 1, 7, 812, 1e9} {
		for _, span := range []float64{1.05, 1.5, 2, 5, 30, 1e3, 1e6, 1e12} {
			for _, log := range []bool{true, false} {
				high := low * span
				ticks := ticksBetween(low, high, log)
				if len(ticks) < 3 && span < 1e12 || len(ticks) > 13 || !slices.IsSorted(ticks) {
					t.Errorf("%g to %g, logarithmic %t: %v", low, high, log, ticks)
				}
				for _, v := range ticks {
					if v < low*(1-1e-6) || v > high*(1+1e-6) {
						t.Errorf("%g to %g: %g is outside", low, high, v)
					}
				}
			}
		}
	}
	if got := ticksBetween(0, 4, false); got[0] != 0 || math.Signbit(got[0]) {
		t.Errorf("zero is %v", got)
	}
}

// TestFigures: three digits, and the unit that reads best.
func TestFigures(t *testing.T) {
	for want, got := range map[string]string{
		"0": figure(0), "2.35": figure(2.3456), "0.00123": figure(0.0012345), "124": figure(123.6), "12346": figure(12345.6), "1.2e+09": figure(1.234e9),
		"82 ns": quantity(82, "ns"), "1.5 µs": quantity(1500, "ns"), "999 ns": quantity(999.2, "ns"), "1 µs": quantity(999.7, "ns"), "2.5 s": quantity(2.5e9, "ns"),
		"0.001 calls/message": quantity(0.001, "calls/message"), "64 B": size(64), "4 KiB": size(4096), "1.5 MiB": size(3 << 19),
		"160": weight(156), "0.058": weight(0.0579), "more than a million": weight(1e34),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestLinesOfMeasures: what is not known is not said.
func TestLinesOfMeasures(t *testing.T) {
	rounds := []Round{{Subject: 10, Baseline: 20}, {Subject: 30, Baseline: 40}}
	for _, tt := range []struct {
		m    Measure
		want string
	}{
		{Measure{Figure: "round trip", Unit: "ns", Baseline: "pipe", Rounds: rounds, Ratio: 1.7}, // measured, not claimed
			"round trip: against pipe\n1.7 times (too few rounds for an interval) in 2 rounds; 20 ns, pipe 30 ns"},
		{Measure{Figure: "round trip", Unit: "ns", Baseline: "pipe", Claim: "at least 3 times as good as pipe", Claimed: 3, Rounds: rounds, Ratio: 1.7, High: 2, EPass: 0.3, EFail: 2000, Supports: 1.2},
			"round trip: at least 3 times as good as pipe\n1.7 times (2 at most) in 2 rounds; 20 ns, pipe 30 ns\nevidence 0.3 for it (100 passes), 2000 against it (1000 fails); can be claimed: 1.2"},
		{Measure{Figure: "round trip", Unit: "ns", Baseline: "pipe", Claim: "x", Claimed: 3, Rounds: rounds, Ratio: 1.7, EAgain: 400, Supports: 1.2},
			"round trip: x\n1.7 times (too few rounds for an interval) in 2 rounds; 20 ns, pipe 30 ns\nthe baseline differs from a copy of itself (evidence 400), so the rounds say nothing"},
		{Measure{Figure: "memory", Of: "region", Unit: "bytes/object", Claim: "at most 8192 bytes/object", Bound: 8192, Value: 4096, Limits: []Limit{{Name: "page", Value: 4096, Unit: "bytes/object"}, {Name: "limit.line", Value: 80, Unit: "ns"}}},
			"memory of region: at most 8192 bytes/object\nmeasured 4096 bytes/object; 1 times page (4096 bytes/object)"},
		{Measure{Figure: "total", Unit: "ns", Pairs: 4}, "total, 4 pairs: nothing is claimed"},
	} {
		if got := strings.Join(tt.m.lines(), "\n"); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

// TestTerminalTable: many measures are a table where it fits, and lines where not.
func TestTerminalTable(t *testing.T) {
	for width, table := range map[int]bool{80: false, 140: true} {
		var b strings.Builder
		if err := Terminal(&b, sample(t), TerminalOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(b.String(), "\nMeasured:\n")
		if got := strings.Contains(text, "rounds  can claim"); got != table {
			t.Errorf("%d columns: a table %t, want %t\n%s", width, got, table, text)
		}
		for _, id := range []string{"PERF-SIZES", "PERF-SYSCALLS"} {
			if !strings.Contains(text, id) {
				t.Errorf("%d columns: %s is not there", width, id)
			}
		}
		for line := range strings.Lines(text) {
			if columns(strings.TrimRight(line, "\n")) > width {
				t.Errorf("%d columns: too wide: %s", width, line)
			}
		}
	}
}

// TestPageHasPictures: the page has each picture once, as part of it, and the style
// that both share.
func TestPageHasPictures(t *testing.T) {
	var b strings.Builder
	r := sample(t)
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(b.String(), "<svg "), len(r.Pictures()); got != want {
		t.Errorf("%d pictures, want %d", got, want)
	}
	style, err := os.ReadFile("plot.css")
	if err != nil || strings.Count(b.String(), string(style)) != 1 {
		t.Errorf("the style of pictures is not there once: %v", err)
	}
}

// TestBenchPicture: a strip for each contestant with its name and rounds, one of which
// it may have missed; nothing is outside of the frame.
func TestBenchPicture(t *testing.T) {
	b := &Bench{Format: 1, Rounds: 3, Rows: []Row{{
		Title: "round trip, 8 B", Trip: true, Limit: &Cell{Name: "limit.line", Cost: 80},
		Cells: []Cell{{Name: "pipe <link>", Cost: 5000, Costs: []float64{4000, 5000, 9000}, Low: 4200}, {Name: "ring", Cost: 200, Costs: []float64{190, 0, 210}, Low: 190, High: 210}},
	}, {Title: "nothing"}}}
	pictures := b.Pictures()
	if len(pictures) != 1 {
		t.Fatalf("%d pictures, want one of the row that has contestants", len(pictures))
	}
	svg := pictures[0].SVG
	wellFormed(t, pictures[0].Name, svg)
	_, marks, _ := strings.Cut(svg, "the better</text>")
	for part, n := range map[string]int{`class="speck s0"`: 5, `class="band s0"`: 2, `class="line claim dash"`: 1, "pipe &lt;link&gt;  5 µs": 1, "ring  200 ns": 1} {
		if got := strings.Count(marks, part); got != n {
			t.Errorf("%s: %d times, want %d\n%s", part, got, n, marks)
		}
	}
	if strings.Index(marks, "ring") > strings.Index(marks, "pipe") {
		t.Error("the best is not the first")
	}
}
