package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

// vandal replaces the record's file as soon as something is in it.
type vandal struct{ file string }

func (vandal) Begin(int)            {}
func (vandal) Start(string, string) {}
func (vandal) End()                 {}
func (v vandal) Result(reports.Result) {
	_ = os.WriteFile(v.file, []byte(`{"requirement":"REG-EXISTS","verdict":"fail"}`+"\n"), 0o666)
}

// TestRecordFileDecidesNothing: a verdict comes from what the runner sent, and a
// file that another process changes meanwhile changes none.
func TestRecordFileDecidesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	target, err := open(t.Context(), "reference")
	if err != nil {
		t.Fatal(err)
	}
	defer target.close()
	dir := t.TempDir()
	plan := target.plan(checkFlags{seed: 1, only: []string{"REG-EXISTS", "REG-MISSING"}})
	record, err := run.Do(context.Background(), suite, plan, run.Options{
		Dir: dir, Header: run.Header(target.claims, target.way, "test"), Observer: vandal{filepath.Join(dir, run.RecordName)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if record.Exit(false) != reports.ExitPass || record.Counts()[reports.Pass] != 2 {
		t.Errorf("exit %d, counts %v", record.Exit(false), record.Counts())
	}
}

// TestKindsNotRun: the record and the terminal name each kind of check that
// exists for what was selected and was not run, with the way to run it.
func TestKindsNotRun(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	out := t.TempDir()
	ipckit(t, "check", "reference", "--only", "WORD-ADD", "--kinds", "behaviour", "--out", out).expect(t, reports.ExitPass,
		"not run: stress (1 requirement: ipckit stress reference), race (1 requirement: ipckit explore reference)",
		"1 of 137 core requirements of the claimed profiles was checked, and it holds")
	record, err := reports.Read(filepath.Join(out, run.RecordName))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(record.Header.NotRun); n != 2 {
		t.Errorf("the header names %d kinds: %+v", n, record.Header.NotRun)
	}
	for _, r := range record.Results {
		if r.Verdict == reports.NotChecked {
			t.Errorf("%s is listed without having been checked", r.Requirement)
		}
	}
}

// TestNoLoadOnWhatHangs: an object that hangs by itself is not put under load,
// which would hang too; the record says so, and nothing is lost.
func TestNoLoadOnWhatHangs(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a watchdog")
	}
	t.Parallel()
	out := t.TempDir()
	ipckit(t, "check", "puppet:block@buffer.get", "--only", "BUF-FIFO", "--patience", "1s", "--out", out).expect(t, reports.ExitFail, "BUF-FIFO hangs")
	record, err := reports.Read(filepath.Join(out, run.RecordName))
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]reports.Verdict{}
	for _, r := range record.Results {
		for _, c := range r.Checks {
			verdicts[c.Kind] = c.Verdict
		}
	}
	if verdicts["behaviour"] != reports.Timeout || verdicts["stress"] != reports.NotChecked || record.Footer.Error != "" {
		t.Errorf("verdicts by kind: %v, error %q", verdicts, record.Footer.Error)
	}
}

// TestRunnersGetTheSelection: what is selected is claimed and has a check, and is
// the same each time.
func TestRunnersGetTheSelection(t *testing.T) {
	suite, err := suites.Suite()
	if err != nil {
		t.Fatal(err)
	}
	target, err := open(t.Context(), "reference")
	if err != nil {
		t.Fatal(err)
	}
	defer target.close()
	implemented := suite.Implemented()
	selection, err := suite.Select(target.plan(checkFlags{}))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[catalogue.Kind]bool{}
	for _, c := range selection.Checks {
		kinds[c.Kind] = true
		if !strings.Contains(catalogue.Listed(implemented[c.Requirement]), string(c.Kind)) {
			t.Errorf("%v was selected, and there is no such check", c)
		}
	}
	for _, k := range catalogue.Kinds {
		left := false
		for _, x := range selection.NotRun {
			left = left || x.Kind == string(k)
		}
		if kinds[k] == left {
			t.Errorf("%s: run %v, listed as not run %v", k, kinds[k], left)
		}
	}
	for _, r := range selection.Unjudged {
		if len(implemented[r.Requirement]) == 0 {
			t.Errorf("%s has no check, and takes part in the record", r.Requirement)
		}
	}
}
