package reports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

func create(t *testing.T, h reports.Header) (string, *reports.Writer) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.jsonl")
	w, err := reports.Create(path, h)
	if err != nil {
		t.Fatal(err)
	}
	return path, w
}

func read(t *testing.T, path string) *reports.Record {
	t.Helper()
	r, err := reports.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWritersSideBySide: several writers append whole lines, and the checks of
// one requirement become one result with the worst verdict.
func TestWritersSideBySide(t *testing.T) {
	const writers, lines = 8, 50
	path, first := create(t, reports.Header{Subject: reports.Subject{Name: "x"}, Total: writers * lines})
	var wait sync.WaitGroup
	for i := range writers {
		wait.Go(func() {
			w, err := reports.Append(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer w.Close()
			for j := range lines {
				verdict := reports.Pass
				if i == 3 && j == 7 {
					verdict = reports.Fail
				}
				err := w.Result(reports.Result{
					Requirement: fmt.Sprintf("REG-%d", j), Verdict: verdict, Message: strings.Repeat("m", 2000), Seconds: 1,
					Checks: []reports.Check{{Kind: fmt.Sprintf("kind%d", i), Verdict: verdict}},
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if err := first.Footer(reports.Footer{Exit: 1}); err != nil {
		t.Fatal(err)
	}
	r := read(t, path)
	if len(r.Results) != lines || !r.Ended() {
		t.Fatalf("%d results, ended %v; want %d, ended", len(r.Results), r.Ended(), lines)
	}
	for _, result := range r.Results {
		want := reports.Pass
		if result.Requirement == "REG-7" {
			want = reports.Fail
		}
		if result.Verdict != want || len(result.Checks) != writers {
			t.Errorf("%s: %s with %d checks, want %s with %d", result.Requirement, result.Verdict, len(result.Checks), want, writers)
		}
	}
	if got := r.Exit(false); got != reports.ExitFail {
		t.Errorf("exit status %d, want 1", got)
	}
}

// TestUnfinishedIsNoPass: without its footer, or with half a line at its end, a
// record never exits 0; nor does one in which nothing was decided.
func TestUnfinishedIsNoPass(t *testing.T) {
	pass := reports.Result{Requirement: "REG-SIZE", Verdict: reports.Pass, Checks: []reports.Check{{Kind: "behaviour", Verdict: reports.Pass}}}
	skip := pass
	skip.Verdict = reports.Skipped
	for _, x := range []struct {
		name   string
		result *reports.Result
		footer bool
		tail   string
		zero   bool
	}{
		{"whole", &pass, true, "", true},
		{"no footer", &pass, false, "", false},
		{"half a line", &pass, true, `{"requirement":"REG-`, false},
		{"all skipped", &skip, true, "", false},
		{"nothing", nil, true, "", false},
	} {
		path, w := create(t, reports.Header{Subject: reports.Subject{Name: "x"}})
		if x.result != nil {
			if err := w.Result(*x.result); err != nil {
				t.Fatal(err)
			}
		}
		if x.footer {
			if err := w.Footer(reports.Footer{}); err != nil {
				t.Fatal(err)
			}
		}
		appendText(t, path, x.tail)
		if got := read(t, path).Exit(false); (got == 0) != x.zero {
			t.Errorf("%s: exit status %d", x.name, got)
		}
	}
}

func appendText(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMalformed: an error names the file, the line and what is wrong with it.
func TestMalformed(t *testing.T) {
	path, _ := create(t, reports.Header{Subject: reports.Subject{Name: "x"}})
	appendText(t, path, "garbage\n{\"footer\":{}}\n")
	if _, err := reports.Read(path); err == nil || !strings.Contains(err.Error(), path+":2") {
		t.Errorf("%v, want %s:2 named", err, path)
	}
	if _, err := reports.Create(filepath.Join(path, "no", "directory"), reports.Header{}); err == nil {
		t.Error("a record was created below a file")
	}
}

// TestFullDisk: what cannot be written is an error that names the record.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	if _, err := reports.Create("/dev/full", reports.Header{}); err == nil || !strings.Contains(err.Error(), "/dev/full") {
		t.Errorf("%v, want an error that names /dev/full", err)
	}
}
