package faults

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

// A patch that does not fit is an error, not a correct implementation.
func TestPatchRefuses(t *testing.T) {
	for _, x := range []struct {
		name string
		f    Fault
		want string
	}{
		{"no patch", Fault{ID: "no-such", Base: inC()}, "fault no-such: open patches/no-such.patch"},
		{"another base", Fault{ID: "c-type-counted", Base: inC()}, "want one file of impl/c/example"},
		{"no file", Fault{ID: "c-type-counted", Base: sources("impl/controls/sysv", fstest.MapFS{})}, "patches/c-type-counted.patch does not fit impl/controls/sysv/queue.c: "},
		{"other text", Fault{ID: "c-type-counted", Base: sources("impl/controls/sysv", fstest.MapFS{"queue.c": {Data: []byte("int x;\n")}})},
			"patches/c-type-counted.patch does not fit impl/controls/sysv/queue.c:"},
		{"no choice", Fault{ID: "program-done", Base: Base{Dir: "impl/programs/faults", files: fstest.MapFS{"ipckit.yaml": {}}, selects: "LAST"}}, "impl/programs/faults/ipckit.yaml does not choose a fault by ${FAULT:-NONE}"},
		{"Go", Fault{ID: "ring-spins", Base: inRing(1)}, "fault ring-spins is in a Go package, impl/faults/ring"},
	} {
		if err := x.f.Write(t.TempDir()); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s gives %v, want an error that says %q", x.name, err, x.want)
		}
	}
}

// No hunk may be moved: a line that was put before it makes it unfit, and the
// error says where.
func TestApplyIsStrict(t *testing.T) {
	const text = "diff --git a/x/a.c b/x/a.c\n--- a/x/a.c\n+++ b/x/a.c\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
	files, _, err := gitdiff.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{"one\ntwo\nthree\n": "", "zero\none\ntwo\nthree\n": ":1: conflict"} {
		path := filepath.Join(t.TempDir(), "a.c")
		if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		err := apply(files[0], path)
		if want == "" {
			if patched, _ := os.ReadFile(path); err != nil || string(patched) != "one\n2\nthree\n" {
				t.Errorf("%q, %v", patched, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want an error that says %q", source, err, want)
		}
	}
}
