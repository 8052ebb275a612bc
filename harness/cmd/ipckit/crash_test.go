package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/ptrace/crash"
	"github.com/ipckit/ipckit/reports"
)

// TestCrash: a crash names the function, its line, and what it reached for; all
// requirements that it breaks are one cause.
func TestCrash(t *testing.T) {
	t.Parallel()
	o := ipckit(t, "check", "testdata/pointer", "--only", "LOCK-TRY,LOCK-PROGRESS")
	if strings.Contains(o.errOut, "no C compiler") {
		t.Skip(o.errOut)
	}
	if !traceable(t) {
		o.expect(t, reports.ExitFail, "was killed by SIGSEGV in lock.acquire")
		return
	}
	o.expect(t, reports.ExitFail, "was killed by SIGSEGV in lock.acquire: l_acquire (lock.c:43) uses address 0x",
		"it lies in the heap of ", ", another process", "1 more requirement crashes for the same reason", "which process gave it its value?")
}

// traceable reports whether this host lets the kit trace a process.
func traceable(t *testing.T) bool {
	t.Helper()
	c := exec.Command("sleep", "60")
	if err := c.Start(); err != nil {
		t.Skip("no sleep: ", err)
	}
	w, err := crash.Follow(c.Process.Pid, func() []crash.Neighbour { return nil })
	_ = c.Process.Kill()
	if err == nil {
		w.Crash() // waits
	}
	_ = c.Wait()
	return err == nil
}
