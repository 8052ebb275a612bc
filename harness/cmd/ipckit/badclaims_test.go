package main

import (
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

var update = flag.Bool("update", false, "write the golden files from what is said now")

// TestBadClaims holds what the author of bad claims reads: each mistake with its
// line, and what to do.
func TestBadClaims(t *testing.T) {
	t.Parallel()
	const golden = "testdata/badclaims/message.txt"
	c := exec.Command("/proc/self/exe", "check", "testdata/badclaims") // nothing is made for it
	c.Env = append(os.Environ(), asCommand+"=1")
	said, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	if status := c.ProcessState.ExitCode(); status != reports.ExitUsage {
		t.Errorf("exit status %d, want %d", status, reports.ExitUsage)
	}
	if *update {
		if err := os.WriteFile(golden, said, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(said) != string(want) {
		t.Errorf("it says otherwise than %s; if that is meant: go test ./harness/cmd/ipckit -run BadClaims -update\n%s", golden, said)
	}
}
