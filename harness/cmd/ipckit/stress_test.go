package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

// stressed runs a subject under load and gives the record of one requirement.
func stressed(t *testing.T, status int, id string, args ...string) reports.Result {
	t.Helper()
	dir := t.TempDir()
	ipckit(t, append([]string{"stress", "--only", id, "--seed", "1", "--out", dir}, args...)...).expect(t, status)
	record, err := reports.Read(filepath.Join(dir, run.RecordName))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range record.Results {
		if r.Requirement == id {
			return r
		}
	}
	t.Fatalf("no result for %s", id)
	return reports.Result{}
}

// TestStress: a correct subject passes, and the report says what was done.
func TestStress(t *testing.T) {
	t.Parallel()
	r := stressed(t, reports.ExitPass, "WORD-ADD", "mutant:none", "--budget", "300ms")
	if len(r.Checks) != 1 || r.Checks[0].Kind != "stress" || !strings.Contains(r.Checks[0].Note, "operations in") {
		t.Errorf("checks: %+v", r.Checks)
	}
}

// TestStressShowsWhatItFinds: as few operations as prove it, as text and as a
// picture, and how to repeat it.
func TestStressShowsWhatItFinds(t *testing.T) {
	t.Parallel()
	r := stressed(t, reports.ExitFail, "WORD-ADD", "mutant:word-add-in-two", "--budget", "5s")
	if r.Verdict != reports.Fail || r.Evidence == nil {
		t.Fatalf("%s: %s", r.Verdict, r.Message)
	}
	for _, x := range []struct{ name, text, want string }{
		{"message", r.Message, "operations prove it"},
		{"picture", r.Evidence.Picture, "├"},
		{"SVG", r.Evidence.SVG, "<svg"},
		{"certificate", r.Evidence.Sure, "porcupine"},
		{"hit rate", r.Evidence.Sure, "times"},
		{"command", r.Repeat, "ipckit stress mutant:word-add-in-two --only WORD-ADD --seed 1"},
	} {
		if !strings.Contains(x.text, x.want) {
			t.Errorf("%s lacks %q: %s", x.name, x.want, x.text)
		}
	}
	if bars := strings.Count(r.Evidence.Picture, "├"); bars > 4 {
		t.Errorf("%d operations in the picture", bars)
	}
}

// TestStressCalibrates: beside a pass stands how often faults were caught.
func TestStressCalibrates(t *testing.T) {
	t.Parallel()
	r := stressed(t, reports.ExitPass, "WORD-CAS", "mutant:none", "--budget", "1s", "--calibrate", "--runs", "1")
	if note := r.Checks[0].Note; !strings.Contains(note, "word-swap-in-two") || !strings.Contains(note, "/1") {
		t.Errorf("note: %s", note)
	}
}

// TestStressWithoutRoom: what cannot be recorded for want of room is said, and
// decides nothing. A limit on the size of files stands for a full disk.
func TestStressWithoutRoom(t *testing.T) {
	t.Parallel()
	c := prepare(t, "stress", "mutant:none", "--only", "WORD-ADD", "--budget", "300ms", "--isolation", "none")
	const halfKilobytes = 90 // the record fits, a history of 400 steps does not
	c.Args = append([]string{"sh", "-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$0" "$@"`, halfKilobytes), os.Args[0]}, c.Args[1:]...)
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	c.Path = shell
	finish(t, c).expect(t, reports.ExitInconclusive, "could not record", "no room")
}

func TestStressUsage(t *testing.T) {
	t.Parallel()
	ipckit(t, "stress", "reference", "--budget", "0s").expect(t, reports.ExitUsage, "--budget")
	ipckit(t, "stress", "reference", "--calibrate", "--runs", "0").expect(t, reports.ExitUsage, "--runs")
	ipckit(t, "stress", "../../../impl/programs/good").expect(t, reports.ExitUsage, "nothing to check")
	ipckit(t, "stress", "--help").expect(t, reports.ExitPass, "--budget", "--calibrate", "--seed", "--only")
}
