package proc

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIDMap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "uid_map")
	if err := os.WriteFile(path, []byte("         0     100000      65536\n     70000          7          1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := ReadIDMap(path)
	for id, want := range map[int]bool{0: true, 65535: true, 65536: false, 70000: true, 70001: false} {
		if m.Covers(id) != want {
			t.Errorf("uid %d exists: %v, want %v", id, !want, want)
		}
	}
	if !ReadIDMap("/proc/self/uid_map").Covers(os.Getuid()) {
		t.Error("this process's own uid does not exist")
	}
}
