package adapter_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/adapter"
)

// programs makes a directory bin with a program in it; one of the two is closed
// to others where asked for.
func programs(t *testing.T, closed string) (dir, program string) {
	t.Helper()
	dir = filepath.Join(openDir(t), "bin")
	program = filepath.Join(dir, "interpreter")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{program, dir} {
		mode := os.FileMode(0o755) // whatever the umask
		if filepath.Base(path) == closed {
			mode = 0o700
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir, program
}

// openDir is a fresh directory that every user can reach.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for up := dir; up != "/"; up = filepath.Dir(up) {
		if strings.HasPrefix(filepath.Base(up), "Test") || up == dir {
			if err := os.Chmod(up, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if info, err := os.Stat(up); err != nil || info.Mode()&0o005 != 0o005 {
			t.Skipf("temporary files lie below %s, which is closed to others: set TMPDIR", up)
		}
	}
	return dir
}

func TestFindPassesOverWhatIsRootsOwn(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user's subjects run as that user")
	}
	for _, closed := range []string{"bin", "interpreter"} {
		mine, own := programs(t, closed)
		shared, want := programs(t, "")
		t.Setenv("PATH", mine+":"+shared)
		if got, err := adapter.Find("interpreter"); got != want {
			t.Errorf("%s closed: found %q, %v; want %q", closed, got, err, want)
		}

		linked := openDir(t)
		if err := os.Symlink(own, filepath.Join(linked, "interpreter")); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", mine+":"+linked)
		_, err := adapter.Find("interpreter")
		var unusable *adapter.Unusable
		if !errors.As(err, &unusable) || unusable.Found != own {
			t.Fatalf("%s closed: %v, want an *Unusable that names %s", closed, err, own)
		}
		for _, word := range []string{own, "unprivileged user", "install interpreter"} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("the error does not say %q: %v", word, err)
			}
		}
	}
}

func TestFindFollowsLinks(t *testing.T) {
	dir, program := programs(t, "")
	links := openDir(t)
	up, err := filepath.Rel(links, program)
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"relative": up, "absolute": program, "twice": "absolute", "dir": dir, "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", links+":"+filepath.Join(links, "dir"))
	for name, found := range map[string]bool{"relative": true, "absolute": true, "twice": true, "interpreter": true, "loop": false} {
		if path, err := adapter.Find(name); (err == nil) != found {
			t.Errorf("%s: %q, %v", name, path, err)
		}
	}
}

func TestMissingInterpreterIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	a := load(t, place(t, map[string]string{"ipckit.yaml": "subject: s\nagent: python3 s.py\n", "s.py": ""}))
	refused(t, a, "python3 is not in PATH", "install python3")
}
