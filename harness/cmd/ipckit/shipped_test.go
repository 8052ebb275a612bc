package main

import (
	"os/exec"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// TestShipped: every correct implementation that ships raises no alarm, and the
// broken pair is named for what it is.
func TestShipped(t *testing.T) {
	_, err := exec.LookPath("cc")
	for _, x := range []struct {
		subject  string
		compiler bool
		status   int
		say      []string
	}{
		{"reference", false, reports.ExitPass, nil},
		{"reference-again", false, reports.ExitPass, nil},
		{"reference-mutex", false, reports.ExitPass, nil},
		{"posixmq", false, reports.ExitPass, nil},
		{"sysv", false, reports.ExitPass, nil},
		{"pipe", false, reports.ExitPass, nil},
		{"unix-stream", false, reports.ExitPass, nil},
		{"unix-seqpacket", false, reports.ExitPass, nil},
		{"../../../impl/c/example", true, reports.ExitPass, nil},
		{"../../../impl/c/course", true, reports.ExitPass, nil},
		{"../../../impl/controls/plain", true, reports.ExitPass, nil},
		{"../../../impl/controls/spinning", true, reports.ExitPass, nil},
		{"../../../impl/controls/semaphore", true, reports.ExitPass, nil},
		{"../../../impl/controls/mutex", true, reports.ExitPass, nil},
		{"../../../impl/controls/peterson", true, reports.ExitPass, nil},
		{"../../../impl/controls/permit", true, reports.ExitPass, nil},
		{"../../../impl/controls/vyukov", true, reports.ExitPass, nil},
		{"../../../impl/controls/sysv", true, reports.ExitPass, nil},
		{"../../../impl/controls/mqueue", true, reports.ExitPass, nil},
		{"../../../impl/programs/good", true, reports.ExitPass, nil},
		{"../../../impl/programs/service", true, reports.ExitPass, nil},
		{"../../../impl/programs/broken", true, reports.ExitFail, []string{"PROG-LAST fails", "PROG-NOLEAK leaks"}},
	} {
		t.Run(x.subject, func(t *testing.T) {
			if x.compiler && err != nil {
				t.Skip("no C compiler")
			}
			ipckit(t, "check", x.subject).expect(t, x.status, x.say...)
		})
	}
}
