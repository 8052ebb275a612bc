package main

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// TestCrash: a crash names the function, its line, and what it reached for; all
// requirements that it breaks are one cause.
func TestCrash(t *testing.T) {
	t.Parallel()
	o := ipckit(t, "check", "testdata/pointer", "--only", "LOCK-TRY,LOCK-PROGRESS")
	for _, lacking := range []string{"no C compiler", "ptrace"} {
		if strings.Contains(o.out+o.errOut, lacking) {
			t.Skip(o.out, o.errOut)
		}
	}
	o.expect(t, reports.ExitFail, "was killed by SIGSEGV in lock.acquire: l_acquire (lock.c:43) uses address 0x",
		"it lies in the heap of ", ", another process", "1 more requirement crashes for the same reason", "which process gave it its value?")
}
