package subject_test

import (
	"math"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
)

// measured are the requirements of a small catalogue that can be promised as figures.
var measured = func() []subject.Requirement {
	moves := []string{"buffer.one-to-one", "buffer.many", "mailbox"}
	of := func(id string, profiles, keys, units, baselines []string) subject.Requirement {
		return subject.Requirement{ID: id, Level: "claim", Profiles: []string{"performance"}, Checked: true,
			Of: profiles, Keys: keys, Units: units, Baselines: baselines}
	}
	return append(requirements,
		of("PERF-TIME", append(moves, "region"), []string{"size"}, nil, []string{"subject", "limit.line", "limit.lines"}),
		of("PERF-SIZES", moves, []string{"from"}, nil, []string{"subject"}),
		of("PERF-LINKS", []string{"link"}, nil, nil, []string{"subject"}),
		of("PERF-SCALE", moves, []string{"size", "pairs"}, nil, []string{"itself"}),
		of("PERF-TAIL", moves, []string{"size", "rate"}, nil, []string{"subject"}),
		of("PERF-CALLS", moves, nil, []string{"calls/message", "bytes/object"}, []string{"subject"}))
}()

// promising is cClaims with a promise.
func promising(promise string) string {
	return strings.Replace(cClaims, "known:", "performance:\n  - {"+promise+"}\nknown:", 1)
}

func TestPromisesAreRefused(t *testing.T) {
	for _, tt := range []struct{ promise, want string }{ // after the file's name, the line and performance[0]
		{"requirement: PERF-TIMES, at_least: 2, against: pipe", `requirement: there is no requirement "PERF-TIMES"; did you mean PERF-TIME`},
		{"requirement: PERF-TIME, pairs: 2, at_least: 2, against: pipe", `pairs: PERF-TIME is not measured by pairs: take it out (it takes of, size, at_least, at_most, against)`},
		{"requirement: COOP-SPEEDUP, size: 64, at_least: 2, against: serial", `size: COOP-SPEEDUP is not measured by size: take it out (it takes at_least, at_most, against)`},
		{"requirement: PERF-TIME, size: 0, at_least: 2, against: pipe", `size: want a number of bytes above 0, such as 64 or 4KiB`},
		{"requirement: PERF-TIME, size: 8KiB, at_least: 2, against: pipe", `size: profile buffer.one-to-one claims items of size 0 to 4KiB, and none of 8KiB: claim more there, or another size here`},
		{"requirement: PERF-TIME, of: mailbox, size: 8, at_least: 2, against: pipe", `size: profile mailbox claims items of size 4, and none of 8`},
		{"requirement: PERF-TIME, of: region, size: 8, at_least: 2, against: pipe", `size: profile region moves no messages: take it out`},
		{"requirement: PERF-SIZES, from: 1MiB, at_least: 1, against: pipe", `from: profile buffer.one-to-one claims items of size 0 to 4KiB, and none of 1MiB`},
		{"requirement: PERF-SCALE, pairs: 1, at_least: 2", `pairs: want 2 or more: one pair is what they are compared with`},
		{"requirement: PERF-TAIL, rate: -1, at_least: 2, against: pipe", `rate: want messages a second, above 0`},
		{"requirement: PERF-TIME, of: mailbx, at_least: 2, against: pipe", `of: PERF-TIME cannot be measured of "mailbx"; did you mean mailbox? (known: buffer.one-to-one, buffer.many, mailbox, region)`},
		{"requirement: PERF-TIME, of: buffer.many, at_least: 2, against: pipe", `of: profile buffer.many is not claimed: claim it, or name another (claimed: buffer.one-to-one, mailbox, region)`},
		{"requirement: COOP-SPEEDUP, of: mailbox, at_least: 2, against: serial", `of: COOP-SPEEDUP is not of one object: take it out (it takes`},
		{"requirement: PERF-LINKS, at_least: 2, against: pipe", `requirement: PERF-LINKS is measured of one of link, and none of them is claimed`},
		{"requirement: PERF-TIME, against: pipe", `at_least: want a ratio above 0, such as 1.5`},
		{"requirement: PERF-TIME, at_least: 2, at_most: 3, against: pipe", `at_most: at_least and at_most are both given, and a promise has one of them: keep one`},
		{"requirement: PERF-CALLS, at_most: 0, unit: calls/message", `at_most: want a number above 0: that something never happens, no measurement can show`},
		{"requirement: PERF-CALLS, at_most: 1", `unit: missing: say of what it is at most so much: calls/message, bytes/object`},
		{"requirement: PERF-CALLS, at_most: 1, unit: calls/mesage", `unit: "calls/mesage" is not known; did you mean calls/message? (known: calls/message, bytes/object)`},
		{"requirement: PERF-CALLS, at_most: 1, unit: calls/message, against: pipe", `unit: a unit is of a bound (at_most without against), and this is a ratio: take it out`},
		{"requirement: PERF-CALLS, at_least: 1", `against: missing: name the baseline that the ratio refers to; a bound in calls/message or bytes/object is given as at_most`},
		{"requirement: PERF-TIME, at_most: 1", `against: missing: name the baseline that the ratio refers to`},
		{"requirement: PERF-TIME, at_least: 2, against: limit.lien", `against: "limit.lien" is not a baseline of PERF-TIME; did you mean limit.line or limit.lines? (known: a built-in subject, a path to a subject, limit.line, limit.lines)`},
		{"requirement: PERF-TIME, at_least: 2, against: limits", `against: "limits" is not a baseline of PERF-TIME`},
		{"requirement: PERF-TIME, at_least: 2, against: My Ring", `against: "My Ring" is neither the name of a built-in subject nor a path, which begins with . or / (known:`},
		{"requirement: PERF-TIME, at_least: 2, against: old/ring", `against: "old/ring" is neither the name`},
		{"requirement: PERF-SCALE, at_least: 2, against: pipe", `against: "pipe" is not a baseline of PERF-SCALE (known: itself (may be left out))`},
		{"requirement: PERF-TIME, at_least: 2, against: pipe}\n  - {requirement: PERF-TIME, at_least: 2, against: pipe", `requirement: performance[0] promises the same already: take one out`},
	} {
		path := write(t, promising(tt.promise))
		c, err := subject.ReadClaims(path)
		if err != nil {
			t.Errorf("%s: not even read: %v", tt.promise, err)
			continue
		}
		place := path + ":23: performance[0]."
		if strings.Contains(tt.promise, "\n") {
			place = path + ":24: performance[1]."
		}
		if err = c.Check(measured); err == nil || !strings.HasPrefix(err.Error(), place+tt.want) {
			t.Errorf("%s:\n got %v\nwant %s%s", tt.promise, err, place, tt.want)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one mistake is found:\n%v", tt.promise, err)
		}
	}
}

// Claims in Go have no keys that could be there without a value, but other numbers.
func TestPromisesInGo(t *testing.T) {
	for _, number := range []float64{math.Inf(1), math.NaN()} {
		c := subject.Claims{Subject: "mine", Profiles: subject.Profiles{Mailbox: &subject.MailboxProfile{
			Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 8}}, Item: subject.Item{Max: 64}}},
			Performance: []subject.Performance{
				{Requirement: "PERF-TIME", AtLeast: number, Against: "pipe"},
				{Requirement: "PERF-CALLS", AtMost: number, Unit: "calls/message"},
				{Requirement: "PERF-TAIL", Rate: number, AtLeast: 2, Against: "pipe"}}}
		if err := c.Check(measured); err == nil || strings.Count(err.Error(), "claims of mine: performance[") != 3 {
			t.Errorf("%g: %v", number, err)
		}
	}
}

func TestPromisesAreAccepted(t *testing.T) {
	for _, promise := range []string{
		"requirement: PERF-TIME, at_least: 2, against: pipe",
		"requirement: PERF-TIME, at_least: 2, against: unix-seqpacket}\n  - {requirement: PERF-TIME, at_least: 2.5, against: unix-seqpacket",
		"requirement: PERF-TIME, at_least: 2, against: pipe}\n  - {requirement: PERF-TIME, of: mailbox, at_least: 2, against: pipe",
		"requirement: PERF-TIME, at_least: 0.3, against: limit.line",
		"requirement: PERF-TIME, at_most: 4, against: limit.line",
		"requirement: PERF-TIME, of: buffer.one-to-one, size: 4KiB, at_least: 2, against: ../old",
		"requirement: PERF-TIME, at_least: 2, against: /usr/lib/My Ring",
		"requirement: PERF-SIZES, from: 256, at_least: 1, against: pipe",
		"requirement: PERF-SCALE, pairs: 4, at_least: 3",
		"requirement: PERF-SCALE, at_least: 3, against: itself",
		"requirement: PERF-TAIL, rate: 10000, at_most: 2, against: pipe",
		"requirement: PERF-CALLS, at_most: 0.0001, unit: calls/message",
		"requirement: PERF-CALLS, at_most: 0.5, against: pipe",
		"requirement: COOP-SPEEDUP, at_least: 0.6, against: serial",
	} {
		c, err := subject.ReadClaims(write(t, promising(promise)))
		if err == nil {
			err = c.Check(measured)
		}
		if err != nil {
			t.Errorf("%s: %v", promise, err)
		}
	}
}

// A promise is written as it was read, and says what it promises.
func TestPromisesAreWritten(t *testing.T) {
	for _, tt := range []struct {
		line, text string
		ratio      float64
	}{
		{"{requirement: PERF-TIME, of: mailbox, size: 4KiB, at_least: 1.5, against: pipe}", "at least 1.5 times as good as pipe", 1.5},
		{"{requirement: PERF-TIME, size: 65, at_most: 4, against: limit.line}", "at most 4 times the cost of limit.line", 0.25},
		{"{requirement: PERF-SIZES, from: 1MiB, at_least: 1, against: ./old}", "at least 1 times as good as ./old", 1},
		{"{requirement: PERF-SCALE, pairs: 4, at_least: 3}", "at least 3 times as good as itself", 3},
		{"{requirement: PERF-TAIL, rate: 1500000, at_least: 0.95, against: pipe}", "at least 0.95 times as good as pipe", 0.95},
		{"{requirement: PERF-CALLS, at_most: 0.0001, unit: calls/message}", "at most 0.0001 calls/message", 0},
	} {
		c, err := subject.ReadClaims(write(t, promising(strings.Trim(tt.line, "{}"))))
		if err != nil {
			t.Fatal(err)
		}
		p := c.Performance[0]
		if p.Line() != tt.line || p.String() != tt.text || math.Abs(p.Ratio()-tt.ratio) > 1e-12 || p.IsBound() != (tt.ratio == 0) {
			t.Errorf("%s\nbecomes %s, %q, ratio %g, a bound: %t", tt.line, p.Line(), p, p.Ratio(), p.IsBound())
		}
	}
}

func TestMeasuredProfile(t *testing.T) {
	c, err := subject.ReadClaims(write(t, cClaims))
	if err != nil {
		t.Fatal(err)
	}
	fit := []string{"link", "mailbox", "buffer.one-to-one"}
	for _, tt := range []struct{ of, want string }{{"", "mailbox"}, {"buffer.one-to-one", "buffer.one-to-one"}} {
		if got := c.Measured(subject.Performance{Of: tt.of}, fit); got != tt.want {
			t.Errorf("of %q: got %q, want %q", tt.of, got, tt.want)
		}
	}
	if got := c.Measured(subject.Performance{}, fit[:1]); got != "" {
		t.Errorf("nothing that fits is claimed: got %q", got)
	}
}
