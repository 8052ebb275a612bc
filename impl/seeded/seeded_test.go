package seeded_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ipckit/ipckit/impl/seeded"
)

var right = fstest.MapFS{
	"queue.c": {Data: []byte("put();\nwake();\nget();\nwake();\n")},
	"queue.h": {Data: []byte("int capacity;\n")},
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	f := seeded.Fault{
		Right: right, File: "queue.c",
		Changes: []seeded.Change{{Old: "put();\n"}, {Old: "wake", New: "sleep", Every: true}, {File: "queue.h", Old: "int", New: "char"}},
	}
	if err := f.Write(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"queue.c": "sleep();\nget();\nsleep();\n", "queue.h": "char capacity;\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}

// A fault that does not fit is an error, not an implementation that is right.
func TestWriteRefuses(t *testing.T) {
	for want, c := range map[string]seeded.Change{
		`queue.c has 0 places that read "post"`: {File: "queue.c", Old: "post", New: "wait"},
		`queue.c has 2 places that read "wake"`: {File: "queue.c", Old: "wake", New: "sleep"},
		"is replaced by itself":                 {File: "queue.c", Old: "get", New: "get"},
		"no such file":                          {File: "lock.c", Old: "get", New: "put"},
	} {
		f := seeded.Fault{ID: "wrong", Right: right, Changes: []seeded.Change{c}}
		if err := f.Write(t.TempDir()); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "fault wrong: ") {
			t.Errorf("%+v gives %v, want an error that says %q", c, err, want)
		}
	}
}
