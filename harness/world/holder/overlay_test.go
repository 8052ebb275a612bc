package holder

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestDirectoriesToCover(t *testing.T) {
	tmp, err := filepath.EvalSymlinks("/tmp")
	if err != nil {
		t.Skip(err)
	}
	for _, own := range []string{"/tmp", os.TempDir(), "/usr", "/"} {
		dirs := temporaryDirs(filepath.Join(own, "ipckit-world"))
		if own, err = filepath.EvalSymlinks(own); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(dirs, own) || !slices.Contains(dirs, tmp) {
			t.Errorf("TMPDIR %s: covered are %q, want it and %s", own, dirs, tmp)
		}
		for i, dir := range dirs {
			if slices.ContainsFunc(dirs[i+1:], func(later string) bool { return later == dir || below(dir, later) }) {
				t.Errorf("TMPDIR %s: of %q, a later one is or hides %s", own, dirs, dir)
			}
		}
	}
	if below("/tmpfoo", "/tmp") || below("/tmp", "/tmp") || !below("/tmp/a", "/tmp") || !below("/tmp", "/") {
		t.Error("below takes a prefix of a name for a directory, or misses one")
	}
}
