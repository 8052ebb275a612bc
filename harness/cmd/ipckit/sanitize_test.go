package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/reports"
)

// sanitized skips a test where there is no ThreadSanitizer.
func sanitized(t *testing.T, subject string, more ...string) outcome {
	t.Helper()
	o := ipckit(t, append([]string{"sanitize", subject}, more...)...)
	for _, lacking := range []string{"no ThreadSanitizer", "no C compiler", "cannot run here"} {
		if strings.Contains(o.errOut, lacking) {
			t.Skip(o.errOut)
		}
	}
	return o
}

// TestSanitizeFinds: ordinary variables, which work on many a day. Globals are
// each process's own, and no race.
func TestSanitizeFinds(t *testing.T) {
	t.Parallel()
	o := sanitized(t, "../../sanitize/testdata/plain")
	o.expect(t, reports.ExitFail, "✗ word", "plain.c:45", "*at(r, offset) += delta; /* count++ */",
		"✗ buffer.one-to-one", "plain.c:79", "plain.c:92", "memcpy(&r->item[(r->in - 1) % SLOTS], item, size);",
		"did ", "saw ", "sure ", "rule ", "C11", "idea ", "repeat", "ipckit sanitize ../../sanitize/testdata/plain",
		"and the claims say that there is none")
	if strings.Contains(o.out, "opened++") {
		t.Errorf("a global variable is reported:\n%s", o.out)
	}
}

// TestSanitizeFindsSeededRaces: those of the example that are data races. What
// goes wrong by atomics alone is for the explorer.
func TestSanitizeFindsSeededRaces(t *testing.T) {
	t.Parallel()
	seen := map[string]string{
		"c-ring-counts-first": "✗ buffer.one-to-one",
		"c-count-in-two":      "",
	}
	for _, f := range faults.All() {
		want, ok := seen[f.ID]
		if !ok {
			continue
		}
		delete(seen, f.ID)
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := f.Write(dir); err != nil {
				t.Fatal(err)
			}
			if o := sanitized(t, dir); want == "" {
				o.expect(t, reports.ExitPass, "no data race was seen")
			} else {
				o.expect(t, reports.ExitFail, want)
			}
		})
	}
	if len(seen) > 0 {
		t.Errorf("there are no such faults: %v", seen)
	}
}

// TestSanitizeKeepsSilent: about all that is right.
func TestSanitizeKeepsSilent(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{"c/course", "controls/mutex", "controls/permit", "controls/semaphore",
		"controls/mqueue", "controls/spinning", "controls/sysv", "controls/vyukov"} {
		t.Run(filepath.Base(subject), func(t *testing.T) {
			t.Parallel()
			o := sanitized(t, filepath.Join("../../../impl", subject), "--strict", "--steps", "150")
			o.expect(t, reports.ExitPass, "no data race was seen")
		})
	}
}

// TestSanitizeLeavesOut: what it cannot look at, with the reason.
func TestSanitizeLeavesOut(t *testing.T) {
	t.Parallel()
	sanitized(t, "../../../impl/c/example", "--strict", "--steps", "150").expect(t, reports.ExitInconclusive,
		"✓ buffer.many", "mailbox: left out: it forks", "no data race was seen")
	sanitized(t, "../../../impl/c/skeleton").expect(t, reports.ExitPass, "left out: an operation failed", "nothing was checked")
	sanitized(t, "../../../impl/c/skeleton", "--strict").expect(t, reports.ExitInconclusive)
	ipckit(t, "sanitize", "../../../impl/controls/plain").expect(t, reports.ExitPass, "skipped: the claims name no profile")
	ipckit(t, "sanitize", "../../../impl/python/example").expect(t, reports.ExitPass, "skipped: ThreadSanitizer needs C sources")
	ipckit(t, "sanitize", "reference").expect(t, reports.ExitUsage, "go test -race")
	ipckit(t, "sanitize", "../../../impl/c/example", "--steps", "0").expect(t, reports.ExitUsage, "--steps 0")
}
