package main

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// asCommand makes the test binary be the command.
const asCommand = "IPCKIT_TEST_COMMAND"

// fewTasks limits the processes and threads of the command's user.
const fewTasks = "IPCKIT_TEST_TASKS"

func TestMain(m *testing.M) {
	hostCells()
	hostTwins()
	playRole()
	if os.Getenv(asCommand) != "" {
		if most, err := strconv.ParseUint(os.Getenv(fewTasks), 10, 64); err == nil {
			_ = unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: most, Max: most})
		}
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
	if testing.Short() && slices.Contains([]string{"check", "smoke", "stress", "explore", "sanitize", "bench", "mutants"}, args[0]) {
		t.Skip("makes worlds")
	}
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

// begun waits until a command line that was started has something in its
// temporary directory, which is after it took to signals.
func begun(t *testing.T, c *exec.Cmd) {
	t.Helper()
	dir := ""
	for _, variable := range c.Env { // the last one holds
		if value, ok := strings.CutPrefix(variable, "TMPDIR="); ok {
			dir = value
		}
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			return
		}
	}
	t.Errorf("nothing was begun in %s", dir)
}

// interrupt sends a signal to a command line in the midst of its work, so long
// after it began.
func interrupt(t *testing.T, c *exec.Cmd, signal os.Signal, after time.Duration) outcome {
	t.Helper()
	start := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	begun(t, c)
	time.Sleep(after)
	if err := c.Process.Signal(signal); err != nil {
		t.Error(err)
	}
	return ended(t, c, start, c.Wait())
}

func finish(t *testing.T, c *exec.Cmd) outcome {
	t.Helper()
	start := time.Now()
	return ended(t, c, start, c.Run())
}

func ended(t *testing.T, c *exec.Cmd, start time.Time, err error) outcome {
	t.Helper()
	if _, ended := err.(*exec.ExitError); err != nil && !ended { //nolint:errorlint // Run and Wait return it bare
		t.Fatal(err)
	}
	return outcome{
		status: c.ProcessState.ExitCode(), took: time.Since(start),
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
