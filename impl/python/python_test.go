package python_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/python"
)

// The adapter and `ipckit new` read these: what is missing here is missing from
// the binary.
func TestEmbedded(t *testing.T) {
	for _, x := range []struct {
		name  string
		files fs.FS
		want  []string
	}{
		{"Modules", python.Modules, []string{"ipckit.py"}},
		{"Skeleton", python.Skeleton, []string{"buffer.py", "ipckit.yaml"}},
	} {
		entries, err := fs.ReadDir(x.files, ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range x.want {
			if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == want }) {
				t.Errorf("%s: %s is not there; there are %v", x.name, want, entries)
			}
		}
	}
}

// known says of the ids that claims name what the catalogue says.
func known(c subject.Claims) (list []subject.Requirement) {
	profiles := map[string][]string{"REG": {"region"}, "BUF": {"buffer.one-to-one", "buffer.many"}}
	for _, id := range append(c.Extended, "REG-EXISTS", "BUF-FIFO") {
		family, _, _ := strings.Cut(id, "-")
		list = append(list, subject.Requirement{ID: id, Level: "extended", Profiles: profiles[family], Checked: true})
	}
	return list
}

func TestClaimsAreGood(t *testing.T) {
	for _, dir := range []string{"example", "skeleton"} {
		c, err := subject.ReadClaims(dir)
		if err == nil {
			err = c.Check(known(c))
		}
		if err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestSyntax compiles every source.
func TestSyntax(t *testing.T) {
	var sources []string
	for _, pattern := range []string{"*.py", "*/*.py"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, found...)
	}
	if len(sources) < 5 {
		t.Fatalf("there are only %v", sources)
	}
	compiles(t, sources)
}

// compiles expects that the oldest Python that is promised understands the
// sources. Nothing is written.
func compiles(t *testing.T, sources []string) {
	t.Helper()
	interpreter, err := exec.LookPath(python.Interpreter)
	if err != nil {
		t.Skip("there is no python3 here: install it")
	}
	const program = `
import ast, sys
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as source:
        text = source.read()
    ast.parse(text, path, feature_version=(3, 9))  # the oldest that is promised
    compile(text, path, "exec", dont_inherit=True)
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > 120 or line != line.rstrip():
            sys.exit("%s:%d: too long, or blanks at its end" % (path, number))
`
	command := exec.Command(interpreter, append([]string{"-W", "error", "-c", program}, sources...)...)
	command.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	if said, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
