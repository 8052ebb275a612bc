package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// asCommand makes the test binary be the command.
const asCommand = "IPCKIT_TEST_COMMAND"

func TestMain(m *testing.M) {
	playRole()
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// outcome is what a command line came to.
type outcome struct {
	status      int
	out, errOut string
	took        time.Duration
}

// ipckit runs a command line in a temporary directory of its own, and expects
// that it leaves nothing there.
func ipckit(t *testing.T, args ...string) outcome {
	t.Helper()
	c := prepare(t, args...)
	return finish(t, c)
}

func prepare(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	temporary, err := os.MkdirTemp("", "ipckit-command-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(temporary, 0o755); err != nil { // t.TempDir's parents are closed to other users
		t.Fatal(err)
	}
	t.Cleanup(func() {
		left, _ := os.ReadDir(temporary)
		for _, entry := range left {
			t.Errorf("left behind in the temporary directory: %s", entry.Name())
		}
		_ = os.RemoveAll(temporary)
	})
	c := exec.Command("/proc/self/exe", args...)
	c.Env = append(os.Environ(), asCommand+"=1", "TMPDIR="+temporary, "CI=true", "NO_COLOR=1", "GITHUB_ACTIONS=")
	c.Stdout, c.Stderr = new(bytes.Buffer), new(bytes.Buffer)
	return c
}

func finish(t *testing.T, c *exec.Cmd) outcome {
	t.Helper()
	began := time.Now()
	err := c.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended { //nolint:errorlint // Run returns it bare
		t.Fatal(err)
	}
	return outcome{
		status: c.ProcessState.ExitCode(), took: time.Since(began),
		out: c.Stdout.(*bytes.Buffer).String(), errOut: c.Stderr.(*bytes.Buffer).String(),
	}
}

func (o outcome) expect(t *testing.T, status int, words ...string) {
	t.Helper()
	if o.status != status {
		t.Errorf("exit status %d, want %d\n%s%s", o.status, status, o.out, o.errOut)
	}
	both := strings.Join(strings.Fields(o.out+" "+o.errOut), " ")
	for _, word := range words {
		if !strings.Contains(both, word) {
			t.Errorf("it does not say %q:\n%s%s", word, o.out, o.errOut)
		}
	}
}
