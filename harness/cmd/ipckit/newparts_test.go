package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/reports"
)

// TestNewParts: each part of the header has a skeleton, which builds as it is,
// and says what has yet to be written.
func TestNewParts(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	first := map[string]string{"region": "REG-ZEROED", "lock": "LOCK-EXCLUSION", "semaphore": "SEM-COUNT", "rwlock": "RW-SHARED",
		"snapshot": "SNAP-WHOLE", "many": "BUF-FIFO", "mailbox": "BOX-FIFO", "link": "LINK-ORDER"}
	for _, part := range c.Parts {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), part)
			ipckit(t, "new", "c", dir, "--part", part).expect(t, reports.ExitPass, "ipckit check")
			ipckit(t, "check", dir, "--only", first[part]).expect(t, reports.ExitFail, "not written yet")
		})
	}
	dir := filepath.Join(t.TempDir(), "none")
	ipckit(t, "new", "c", dir, "--part", "pipe").expect(t, reports.ExitUsage, "want one of")
	ipckit(t, "new", "go", dir, "--part", "lock").expect(t, reports.ExitUsage, "no parts")
}
