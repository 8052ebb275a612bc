package main

import (
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// TestPuppet: whatever an agent does, the kit gives the right verdict and the
// right exit status, and nothing is left behind.
func TestPuppet(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		puppet string
		only   string
		status int
		say    []string
	}{
		{"correct", "REG,BUF", reports.ExitPass, []string{"core requirements hold"}},
		{"drip", "REG-EXISTS,BUF-FIFO", reports.ExitPass, nil},
		{"print", "REG-EXISTS,BUF-FIFO", reports.ExitPass, nil},

		// An adapter that fails its smoke test.
		{"garbage@hello", "REG", reports.ExitUsage, []string{"smoke"}},
		{"wrong-id@hello", "REG", reports.ExitUsage, []string{"smoke"}},
		{"wrong-type@hello", "REG", reports.ExitUsage, []string{"smoke"}},
		{"half-line@hello", "REG", reports.ExitUsage, []string{"smoke"}},
		{"half-and-die@hello", "REG", reports.ExitUsage, []string{"smoke"}},
		{"flood@hello", "REG", reports.ExitUsage, []string{"smoke"}},
		{"lie-protocol", "REG", reports.ExitUsage, []string{"smoke", "version"}},
		{"lie-subject", "REG", reports.ExitUsage, []string{"smoke"}},
		{"always-ok", "REG", reports.ExitUsage, []string{"smoke"}},

		// A subject that falls short.
		{"garbage@region.write", "REG-VISIBLE", reports.ExitFail, []string{"REG-VISIBLE fails", "protocol"}},
		{"wrong-id@region.write", "REG-VISIBLE", reports.ExitFail, []string{"REG-VISIBLE fails", "protocol"}},
		{"no-content@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO fails"}},
		{"refuse@buffer.put", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO fails", "adapter"}},
		{"exit@region.write", "REG-VISIBLE", reports.ExitFail, []string{"REG-VISIBLE crashes", "exited with status 3 in region.write"}},
		{"half-and-die@region.write", "REG-VISIBLE", reports.ExitFail, []string{"REG-VISIBLE crashes"}},
		{"gigabyte@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO crashes", "output limit"}},
		{"segfault@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO crashes"}},
		{"panic@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO crashes", "panic"}},
		{"kill-all@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO crashes"}},
		{"block@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO hangs", "asleep"}},
		{"spin@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO hangs", "still under way after"}},
		{"silent@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO hangs"}},
		{"daemon@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO leaks", "process"}},
		{"fill-shm@buffer.get", "BUF-FIFO", reports.ExitFail, []string{"BUF-FIFO leaks", "shared memory"}},
	} {
		t.Run(x.puppet, func(t *testing.T) {
			t.Parallel()
			o := ipckit(t, "check", "puppet:"+x.puppet, "--only", x.only, "--patience", "10s", "--seed", "1")
			o.expect(t, x.status, x.say...)
		})
	}
}
