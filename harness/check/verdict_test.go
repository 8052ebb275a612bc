package check

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case puppet.Role:
		puppet.Main()
	}
	os.Exit(m.Run())
}

// TestVerdicts: each way in which a spec can end has its verdict.
func TestVerdicts(t *testing.T) {
	runs := 0
	yesterday := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	for _, x := range []struct {
		name  string
		body  func(*World)
		known []subject.Known
		want  reports.Verdict
		saw   string
	}{
		{"passes", func(*World) {}, nil, reports.Pass, ""},
		{"fails", func(w *World) { w.Fail("wrong") }, nil, reports.Fail, "wrong"},
		{"fails at first", func(w *World) {
			if runs++; runs == 1 {
				w.Fail("wrong")
			}
		}, nil, reports.Flaky, "wrong"},
		{"shows nothing", func(w *World) { w.Unobserved("nothing") }, nil, reports.Unobserved, "nothing"},
		{"is undecided", func(w *World) { w.Inconclusive("dark") }, nil, reports.Inconclusive, "dark"},
		{"cannot run here", func(w *World) { w.Skip("no such host") }, nil, reports.Skipped, "no such host"},
		{"panics", func(*World) { panic("bug") }, nil, reports.KitError, "bug"},
		{"cannot do its own work", func(*World) { panic(kitError{errors.New("disk")}) }, nil, reports.KitError, "disk"},
		{"leaves a file", func(w *World) {
			if err := os.WriteFile(w.Dir()+"/left", nil, 0o644); err != nil {
				t.Error(err)
			}
		}, nil, reports.Leak, "left"},
		{"fails as known", func(w *World) { w.Fail("wrong") }, []subject.Known{{Requirement: "REG-EXISTS", Verdict: "fail", Reason: "old"}}, reports.KnownFail, "old"},
		{"fails otherwise than known", func(w *World) { w.Fail("wrong") }, []subject.Known{{Requirement: "REG-EXISTS", Verdict: "crash"}}, reports.Fail, "wrong"},
		{"passes though known", func(*World) {}, []subject.Known{{Requirement: "REG-EXISTS", Verdict: "fail"}}, reports.KnownFixed, "remove"},
		{"is known for too long", func(w *World) { w.Fail("wrong") }, []subject.Known{{Requirement: "REG-EXISTS", Verdict: "fail", Until: yesterday}}, reports.Expired, yesterday},
	} {
		t.Run(x.name, func(t *testing.T) {
			e := testSpec(t, x.body)
			e.suite.Claims.Known = x.known
			got := e.known(e.decide(context.Background()))
			if got.verdict != x.want || !strings.Contains(got.message, x.saw) {
				t.Errorf("%s (%q), want %s with %q", got.verdict, got.message, x.want, x.saw)
			}
		})
	}
}

// TestHang: a process that does not come back is a timeout, with who is blocked
// where; that everybody sleeps is seen long before the patience is at its end.
func TestHang(t *testing.T) {
	if testing.Short() {
		t.Skip("waits")
	}
	for _, behaviour := range []puppet.Behaviour{puppet.Block, puppet.Spin} {
		t.Run(string(behaviour), func(t *testing.T) {
			e := testSpec(t, func(w *World) {
				w.spec.suite.Patience = 0 // the usual one, for what is not to be seen here
				r, err := w.Process("one").CreateRegion(w.ObjectName("r"), 4096)
				w.Must(err, "creating")
				w.spec.suite.Patience = 4 * time.Second
				_ = r.Write(0, []byte("x"))
			})
			e.suite.Launcher = puppet.Launcher(behaviour, "region.write")
			got := e.decide(context.Background())
			if got.verdict != reports.Timeout || got.evidence == nil || len(got.evidence.Blocked) != 1 {
				t.Fatalf("%+v, want a timeout with one process blocked", got)
			}
			if b := got.evidence.Blocked[0]; b.Process != "one" || b.Operation != "region.write" || b.Where == "" {
				t.Errorf("blocked: %+v, want one in region.write, and where", b)
			}
		})
	}
}

// TestEvidence tells the story in order, with what was answered.
func TestEvidence(t *testing.T) {
	e := testSpec(t, func(w *World) {
		w.Step("first")
		r, err := w.Process("one").CreateRegion(w.ObjectName("r"), 4096)
		w.Must(err, "creating")
		w.Must(r.Write(8, []byte("ab")), "writing")
		w.RuledOut("nothing")
		w.Step("second")
		w.Fail("wrong\nwith detail")
	})
	got := e.decide(context.Background())
	ev := got.evidence
	if got.message != "wrong" || ev == nil || ev.Saw != "wrong\nwith detail" || ev.Step != "second" || ev.Sure != "failed 3 of 3 runs" {
		t.Fatalf("%+v %+v", got, ev)
	}
	story := strings.Join(ev.Did, "\n")
	for _, part := range []string{"first\n", `one: region.create "/ipckit-`, "size 4096 → ok", "region.write, offset 8 [6162] → ok", "\nsecond"} {
		if !strings.Contains(story, part) {
			t.Errorf("the story lacks %q:\n%s", part, story)
		}
	}
}

func testSpec(t *testing.T, body func(*World)) spec {
	t.Helper()
	files := fstest.MapFS{"reg.yaml": {Data: []byte(`family: REG
title: Shared regions
model: shared-memory
requirements:
  - id: REG-EXISTS
    level: core
    profiles: [region]
    since: "0.1"
    text: A rule.
    source: A book.
    why: A reason.
    hint: A place.
    checks: [behaviour]
`)}}
	c, err := catalogue.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return spec{
		suite: &Suite{
			Catalogue: c, Launcher: puppet.Launcher(puppet.Correct, ""), Seed: 1,
			Claims: subject.Claims{Subject: "test", Profiles: subject.Profiles{Region: &subject.RegionProfile{}}},
		},
		requirement: c.Get("REG-EXISTS"), profile: "region", kind: catalogue.Behaviour, body: body,
	}
}
