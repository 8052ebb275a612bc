package reports_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// part makes the test binary one of the processes that write a record.
const part = "REPORTS_TEST_PART"

func TestMain(m *testing.M) {
	path := os.Getenv("REPORTS_TEST_RECORD")
	switch os.Getenv(part) {
	case "append":
		os.Exit(exit(appendMany(path, os.Getpid())))
	case "fill":
		os.Exit(exit(fill(path)))
	}
	os.Exit(m.Run())
}

func exit(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func process(t *testing.T, role, path string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), part+"="+role, "REPORTS_TEST_RECORD="+path)
	return c
}

const linesEach = 100

func appendMany(path string, mark int) error {
	w, err := reports.Append(path)
	if err != nil {
		return err
	}
	for i := range linesEach {
		// Several pages, so that a write that is not atomic would show.
		r := reports.Result{Requirement: fmt.Sprintf("REG-%d-%d", mark, i), Verdict: reports.Pass, Message: strings.Repeat("m", 10_000)}
		if err := w.Result(r); err != nil {
			return err
		}
	}
	return w.Close()
}

// TestProcessesSideBySide: the lines of several processes stay whole.
func TestProcessesSideBySide(t *testing.T) {
	const processes = 4
	path, w := create(t, reports.Header{})
	var running []*exec.Cmd
	for range processes {
		c := process(t, "append", path)
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, c)
	}
	for _, c := range running {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(w.Footer(reports.Footer{}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if r := read(t, path); len(r.Results) != processes*linesEach {
		t.Errorf("%d results of %d", len(r.Results), processes*linesEach)
	}
}

// fill writes up to a limit on the size of files, which ends in the middle of a
// line, as a full disk does.
func fill(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	w, err := reports.Append(path)
	if err != nil {
		return err
	}
	limit := syscall.Rlimit{Cur: 50_000, Max: 50_000}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for i := range 100 {
		if err := w.Result(reports.Result{Requirement: fmt.Sprintf("REG-%d", i), Verdict: reports.Pass, Message: strings.Repeat("m", 3000)}); err != nil {
			if again := w.Footer(reports.Footer{}); again == nil {
				return errors.New("a record with a hole got a footer")
			}
			return err
		}
	}
	return nil
}

// TestFullInMidLine: half a line is taken back, so that the record can still be
// read, and does not pass.
func TestFullInMidLine(t *testing.T) {
	path, w := create(t, reports.Header{})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	said, err := process(t, "fill", path).CombinedOutput()
	if err == nil || !strings.Contains(string(said), path) || !strings.Contains(string(said), "ulimit -f") {
		t.Fatalf("%v: %s; want an error that names %s and the limit", err, said, path)
	}
	r := read(t, path)
	if r.Truncated || len(r.Results) < 10 || len(r.Results) > 16 {
		t.Errorf("truncated: %v, with %d results; want whole lines up to 50,000 bytes", r.Truncated, len(r.Results))
	}
	if r.Exit(false) != reports.ExitKit {
		t.Errorf("exit status %d, want %d", r.Exit(false), reports.ExitKit)
	}
}

// TestKilledWriter: what a killed writer left of its line does not spoil the
// next one, and its check counts as lost.
func TestKilledWriter(t *testing.T) {
	for _, left := range []string{`{`, `{"requirement":"REG-SIZE","verdict":"pass","message":"` + strings.Repeat("m", 200_000)} {
		path, w := create(t, reports.Header{Total: 2})
		one := reports.Result{Requirement: "REG-ZEROED", Verdict: reports.Pass, Checks: []reports.Check{{Kind: "behaviour", Verdict: reports.Pass}}}
		if err := w.Result(one); err != nil {
			t.Fatal(err)
		}
		appendText(t, path, left)
		if err := errors.Join(w.Footer(reports.Footer{}), w.Close()); err != nil {
			t.Fatal(err)
		}
		r := read(t, path)
		if len(r.Results) != 1 || !r.Ended() || r.Exit(false) != reports.ExitKit {
			t.Errorf("%d results, ended: %v, exit status %d; want 1, true, %d", len(r.Results), r.Ended(), r.Exit(false), reports.ExitKit)
		}
		if !strings.Contains(r.Headline(), "1 check left no result") {
			t.Errorf("headline %q does not tell of the lost check", r.Headline())
		}
	}
}

// TestRefused: an error names the path and a way out.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, advice := range map[string]string{
		filepath.Join(dir, "missing", "report.jsonl"): "create the directory " + filepath.Join(dir, "missing"),
		dir:                                 "name a file in a directory",
		filepath.Join(file, "report.jsonl"): "name a file in a directory",
	} {
		_, err := reports.Create(path, reports.Header{})
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), advice) {
			t.Errorf("Create: %v; want %s and %q", err, path, advice)
		}
	}
	if _, err := reports.Append(file); err == nil || !strings.Contains(err.Error(), "no header") && !strings.Contains(err.Error(), "header") {
		t.Errorf("Append to an empty file: %v; want the missing header said", err)
	}
	if _, err := reports.Append(filepath.Join(dir, "none")); err == nil {
		t.Error("Append made a record without a header")
	}
	if os.Geteuid() == 0 {
		return // root may write everywhere
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := reports.Create(filepath.Join(closed, "r"), reports.Header{}); err == nil || !strings.Contains(err.Error(), "may write to") {
		t.Errorf("Create where it is not allowed: %v", err)
	}
}

// TestNoNonsense: what is no result is not written.
func TestNoNonsense(t *testing.T) {
	path, w := create(t, reports.Header{})
	for _, r := range []reports.Result{
		{Verdict: reports.Pass},
		{Requirement: "REG-SIZE", Verdict: "passed"},
		{Requirement: "REG-SIZE", Verdict: reports.Pass, Seconds: math.NaN()},
	} {
		if err := w.Result(r); err == nil {
			t.Errorf("%+v was written", r)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if r := read(t, path); len(r.Results) != 0 {
		t.Errorf("%d results", len(r.Results))
	}
}
