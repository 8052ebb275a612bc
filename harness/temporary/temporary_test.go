package temporary

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// asKit makes the test binary be a kit that makes a directory and waits.
const asKit = "IPCKIT_TEST_SCRATCH"

func TestMain(m *testing.M) {
	if os.Getenv(asKit) != "" {
		d, err := New(Built)
		if err != nil {
			panic(err)
		}
		_ = os.WriteFile(filepath.Join(d.Path, "agent"), nil, 0o600)
		_, _ = os.Stdout.WriteString(d.Path + "\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	os.Exit(m.Run())
}

// TestKilled: what a kit leaves that is killed is removed by the next one, and
// not while it lives.
func TestKilled(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	kit := exec.Command("/proc/self/exe")
	kit.Env = append(os.Environ(), asKit+"=1")
	stdin, err := kit.StdinPipe() // whose end ends it, whatever becomes of this test
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := kit.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := kit.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 4096)
	n, err := stdout.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.TrimSpace(string(line[:n]))

	ours := newDir(t, Report)
	if _, err := os.Stat(theirs); err != nil {
		t.Fatalf("what a living kit has was removed: %v", err)
	}
	if err := kit.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = kit.Wait()
	second := newDir(t, Built)
	if _, err := os.Stat(theirs); !os.IsNotExist(err) {
		t.Errorf("what a dead kit had is still there: %v", err)
	}
	for _, d := range []*Dir{ours, second} {
		if _, err := os.Stat(d.Path); err != nil {
			t.Errorf("what this process has was removed: %v", err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestStrangers: what only looks like a kit's is left alone.
func TestStrangers(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.MkdirAll(filepath.Join(elsewhere, "kept"), 0o700); err != nil {
		t.Fatal(err)
	}
	link, file, other := filepath.Join(dir, string(Built)+"1"), filepath.Join(dir, string(Built)+"2"), filepath.Join(dir, "ipckit-mine")
	if err := os.Symlink(elsewhere, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	d := newDir(t, Built)
	defer d.Close()
	for _, path := range []string{link, file, other, filepath.Join(elsewhere, "kept")} {
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("removed: %v", err)
		}
	}
}

// TestTogether: kits that begin at the same time do not take each other's
// directory for a dead kit's.
func TestTogether(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var all [16]*Dir
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() { all[i], _ = New(Built) })
	}
	wait.Wait()
	for _, d := range all {
		if d == nil {
			t.Fatal("one could not be made")
		}
		if _, err := os.Stat(d.Path); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNowhere: the error says what to change.
func TestNowhere(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	t.Setenv("TMPDIR", none)
	if _, err := New(Built); err == nil || !strings.Contains(err.Error(), none) || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("%v", err)
	}
}

func newDir(t *testing.T, purpose Purpose) *Dir {
	t.Helper()
	d, err := New(purpose)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
