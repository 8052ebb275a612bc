package main

import (
	"os/exec"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// TestShipped: every correct implementation that ships raises no alarm. The
// reference is checked by the tests of package suites, the other pairs of programs
// by those of suites/programs, each subject once.
func TestShipped(t *testing.T) {
	t.Parallel()
	_, err := exec.LookPath("cc")
	for _, x := range []struct {
		subject  string
		compiler bool
	}{
		{"reference-again", false},
		{"reference-mutex", false},
		{"posixmq", false},
		{"sysv", false},
		{"pipe", false},
		{"unix-stream", false},
		{"unix-seqpacket", false},
		{"../../../impl/c/example", true},
		{"../../../impl/c/course", true},
		{"../../../impl/controls/plain", true},
		{"../../../impl/controls/spinning", true},
		{"../../../impl/controls/semaphore", true},
		{"../../../impl/controls/mutex", true},
		{"../../../impl/controls/peterson", true},
		{"../../../impl/controls/permit", true},
		{"../../../impl/controls/vyukov", true},
		{"../../../impl/controls/sysv", true},
		{"../../../impl/controls/mqueue", true},
		{"../../../impl/programs/service", true},
	} {
		t.Run(x.subject, func(t *testing.T) {
			t.Parallel()
			if x.compiler && err != nil {
				t.Skip("no C compiler")
			}
			ipckit(t, "check", x.subject, "--budget", "2s").expect(t, reports.ExitPass)
		})
	}
}
